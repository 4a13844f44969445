"""What the product promises to be quick at, measured: one line a figure, `name value unit`, beside a floor."""
