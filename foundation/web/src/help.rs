//! Help: keyboard shortcuts, how to print and where to ask; and the accessibility statement.

use crate::routes::Routes;

/// Its routes.
pub fn routes() -> Routes {
    Routes::new()
}
