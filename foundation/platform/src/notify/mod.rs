//! Notices in the program and by e-mail.
