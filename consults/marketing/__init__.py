"""While a return is open the house's letters to that client rest: a tag on their record, a property at Klaviyo."""
