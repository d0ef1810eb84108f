//! Who may find a document beside those who read the whole agency's: scope tokens of units, people and positions.

use base::AgencyCode;
use platform::{Result, Tx, Value};

/// Lets the holders of these tokens find the document; adding again changes nothing.
pub fn readers_add(tx: &Tx<'_>, kind: &str, document: &str, tokens: &[String]) -> Result<()> {
    for token in tokens {
        tx.execute(
            "INSERT INTO office_reader (token, kind, document) VALUES ($1, $2, $3) ON CONFLICT (token, kind, document) DO NOTHING",
            &[token, &kind, &document],
        )?;
    }
    Ok(())
}

/// The tokens under which a document is found, in a fixed order.
pub fn readers_of(tx: &Tx<'_>, kind: &str, document: &str) -> Result<Vec<String>> {
    tx.query("SELECT token FROM office_reader WHERE kind = $1 AND document = $2 ORDER BY token", &[&kind, &document])?
        .iter()
        .map(|row| row.get(0))
        .collect()
}

/// What a reader may find in lists: every document of an agency, or those found under the reader's tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// All documents of the agency.
    Agency(AgencyCode),
    /// Only documents of the agency that the tokens open.
    Tokens(AgencyCode, Vec<String>),
}

impl Reach {
    /// The agency.
    pub const fn agency(&self) -> &AgencyCode {
        match self {
            Self::Agency(agency) | Self::Tokens(agency, _) => agency,
        }
    }

    /// The statement that finds the ids of the documents of `kind` within reach; `None` for all of the agency's. Appends
    /// its values to `values`.
    pub fn documents(&self, kind: &str, values: &mut Vec<Value>) -> Option<String> {
        match self {
            Self::Agency(_) => None,
            Self::Tokens(_, tokens) if tokens.is_empty() => Some("SELECT NULL WHERE FALSE".to_owned()),
            Self::Tokens(_, tokens) => {
                values.push(Value::Text(kind.to_owned()));
                let kind_place = values.len();
                let places: Vec<String> = tokens
                    .iter()
                    .map(|token| {
                        values.push(Value::Text(token.clone()));
                        format!("${}", values.len())
                    })
                    .collect();
                let places = places.join(", ");
                Some(format!("SELECT document FROM office_reader WHERE kind = ${kind_place} AND token IN ({places})"))
            }
        }
    }

    /// Whether this reader may see one document.
    pub fn sees(&self, tx: &Tx<'_>, kind: &str, document: &str, agency: &AgencyCode) -> Result<bool> {
        if agency != self.agency() {
            return Ok(false);
        }
        match self {
            Self::Agency(_) => Ok(true),
            Self::Tokens(_, tokens) => {
                let own = readers_of(tx, kind, document)?;
                Ok(tokens.iter().any(|token| own.contains(token)))
            }
        }
    }
}
