//! The document exchange: edXML packages between agencies, their routes, states and receipts (trục liên thông văn bản).

pub mod edxml;
