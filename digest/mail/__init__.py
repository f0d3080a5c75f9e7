"""An edition as an e-mail: HTML that mail clients show well, plain text, and the message that holds both."""
