"""The pages of people and companies: one file per thing that is done."""
