//! Values on PostgreSQL's wire: parameters are encoded by the type the server announces, answers read by theirs.

use super::Value;
use bytes::{BufMut, BytesMut};
use std::error::Error as StdError;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

/// Why a value does not fit its place.
type Misfit = Box<dyn StdError + Sync + Send>;

/// A parameter on its way.
#[derive(Debug)]
pub(super) struct Param(pub(super) Value);

impl ToSql for Param {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Misfit> {
        let misfit = || -> Misfit { format!("a {} does not fit a place of type {ty}", kind(&self.0)).into() };
        match &self.0 {
            Value::Null => return Ok(IsNull::Yes),
            Value::Bool(b) if *ty == Type::BOOL => out.put_u8(u8::from(*b)),
            Value::Int(n) => match *ty {
                Type::INT8 => out.put_i64(*n),
                Type::INT4 => out.put_i32(i32::try_from(*n)?),
                Type::INT2 => out.put_i16(i16::try_from(*n)?),
                _ => return Err(misfit()),
            },
            Value::Real(x) => match *ty {
                Type::FLOAT8 => out.put_f64(*x),
                #[expect(clippy::cast_possible_truncation, reason = "the column is that narrow")]
                Type::FLOAT4 => out.put_f32(*x as f32),
                _ => return Err(misfit()),
            },
            Value::Text(text) => match *ty {
                Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::JSON => {
                    out.put_slice(text.as_bytes());
                }
                Type::JSONB => {
                    // Version 1 of the binary form is the text behind one byte.
                    out.put_u8(1);
                    out.put_slice(text.as_bytes());
                }
                _ => return Err(misfit()),
            },
            Value::Blob(bytes) if *ty == Type::BYTEA => out.put_slice(bytes),
            _ => return Err(misfit()),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL",
        Value::Bool(_) => "BOOLEAN",
        Value::Int(_) => "BIGINT",
        Value::Real(_) => "DOUBLE PRECISION",
        Value::Text(_) => "TEXT",
        Value::Blob(_) => "BYTEA",
    }
}

/// A column of an answer.
pub(super) struct Cell(pub(super) Value);

impl<'a> FromSql<'a> for Cell {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Misfit> {
        Ok(Self(match *ty {
            Type::BOOL => Value::Bool(bool::from_sql(ty, raw)?),
            Type::INT8 => Value::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Value::Int(i64::from(i32::from_sql(ty, raw)?)),
            Type::INT2 => Value::Int(i64::from(i16::from_sql(ty, raw)?)),
            Type::FLOAT8 => Value::Real(f64::from_sql(ty, raw)?),
            Type::FLOAT4 => Value::Real(f64::from(f32::from_sql(ty, raw)?)),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::JSON => {
                Value::Text(std::str::from_utf8(raw)?.to_owned())
            }
            Type::JSONB => match raw {
                [1, text @ ..] => Value::Text(std::str::from_utf8(text)?.to_owned()),
                _ => return Err("an unknown version of JSONB".into()),
            },
            Type::BYTEA => Value::Blob(raw.to_vec()),
            Type::VOID => Value::Null,
            Type::NUMERIC => return Err("NUMERIC: write CAST(... AS BIGINT) or AS DOUBLE PRECISION".into()),
            _ => return Err(format!("a column of type {ty} cannot be read").into()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Misfit> {
        Ok(Self(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
