"""Cases: small worlds written as sentences, with what must follow and what must not."""
