//! `backup` and `restore`: copies for safe keeping, and the way back.

use super::Out;
use crate::assembly;
use base::{Clock, Random};
use platform::{Config, Platform, Result};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Backs up while the server works.
pub async fn backup(platform: &Platform, to: &Path, out: &Out) -> Result<u8> {
    let manifest = platform::backup::backup(platform, to, every_tenth(out)).await?;
    out.line(format!(
        "Thời điểm nhất quán: {}; mọi điều đã báo nhận trước đó đều nằm trong bản sao lưu.",
        manifest.made_at
    ));
    out.line(format!(
        "Point of consistency: {}; everything acknowledged before it is in the backup.",
        manifest.made_at
    ));
    out.line(format!(
        "Đã sao lưu {} dòng, {} tệp vào {}. Khóa chủ không nằm trong bản sao lưu: giữ riêng.",
        manifest.rows,
        manifest.files,
        to.display()
    ));
    out.line(format!(
        "Backed up {} rows and {} files to {}. The master key is not in it: keep it apart.",
        manifest.rows,
        manifest.files,
        to.display()
    ));
    Ok(0)
}

/// Restores into an empty place.
pub async fn restore(config: Config, from: &Path, out: &Out) -> Result<u8> {
    let random = Random::Os(platform::random_bytes);
    let components = assembly::components;
    let manifest = platform::backup::restore(config, components, Clock::System, random, from, every_tenth(out)).await?;
    out.line(format!("Đã khôi phục về thời điểm {}; sổ cái mở kỳ mới.", manifest.made_at));
    out.line(format!("Restored to {}; the ledger began a new epoch.", manifest.made_at));
    Ok(0)
}

/// Tells of every tenth of the way.
fn every_tenth(out: &Out) -> impl Fn(u64, u64) + Send + Sync + 'static {
    let (told, out) = (AtomicU64::new(0), out.clone());
    move |done, total| {
        let tenth = done * 10 / total.max(1);
        if told.swap(tenth, Ordering::Relaxed) != tenth {
            out.line(format!("{done}/{total} tệp / files"));
        }
    }
}
