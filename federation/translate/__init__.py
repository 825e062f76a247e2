"""Between the domain and the wire: our records as documents, others' documents as records."""
