"""Customer accounts: discovery, Shopify's sign-in page, tokens with their keys, and the client's own GraphQL."""

from flask import Blueprint

from simulators.shopify.accounts import graphql, signing_in
from simulators.shopify.accounts.tokens import AccountTokens
from simulators.shopify.store import Store


def mount(bp: Blueprint, store: Store) -> None:
    tokens = AccountTokens(store)
    signing_in.mount(bp, store, tokens)
    graphql.mount(bp, store, tokens)
