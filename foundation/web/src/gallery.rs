//! The gallery of the design system at `/thu-vien-giao-dien`: every component with its examples.

use crate::routes::Routes;

/// Its routes.
pub fn routes() -> Routes {
    Routes::new()
}
