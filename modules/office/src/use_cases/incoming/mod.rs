//! What people do with incoming documents (văn bản đến), from arrival to completion; one file a verb or a family of them.

pub mod by_hand;
pub mod change;
pub mod day;
pub mod direct;
pub mod finish;
pub mod give_back;
pub mod list;
pub mod look;
pub mod register;
pub mod submit;
pub mod tell;
pub mod work;
