//! Numbers taken sixteen at once: gapless, unique, in the order of dates, on both engines.

use crate::world::{World, components};
use base::Date;
use office::store::registers::{Direction, number_take, numbers_page, registers_ensure, registers_of};
use office::use_cases::Command;
use office::use_cases::number::number_and_date;
use testkit::on_each_platform;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_at_once_are_gapless_and_unique() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform().clone();
        let (agency, today, now) = (w.clerk.agency.clone(), w.t.now().local_date(), w.t.now());
        let register = p
            .db()
            .write(move |tx| {
                registers_ensure(tx, &agency, Direction::Out, today)?;
                Ok(registers_of(tx, &agency, Direction::Out, today)?.remove(0).id)
            })
            .await
            .unwrap();
        let tasks: Vec<_> = (0..16)
            .map(|n| {
                let (p, register) = (p.clone(), register.clone());
                tokio::spawn(async move {
                    let mut given = Vec::new();
                    for turn in 0..6 {
                        let (register, id) = (register.clone(), format!("{n}-{turn}"));
                        // Every third attempt fails after taking its number, which must go back.
                        let fails = (n + turn) % 3 == 0;
                        let outcome = p
                            .db()
                            .write(move |tx| {
                                let number = number_take(tx, &register, today, now, ("test", &id))?;
                                if fails { Err(platform::Error::Unavailable("on purpose".into())) } else { Ok(number) }
                            })
                            .await;
                        match outcome {
                            Ok(number) => given.push(number),
                            Err(platform::Error::Unavailable(_)) => assert!(fails),
                            Err(other) => panic!("{other}"),
                        }
                    }
                    given
                })
            })
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.unwrap());
        }
        all.sort_unstable();
        assert_eq!(all, (1..=all.len() as i64).collect::<Vec<_>>());
        assert_eq!(all.len(), 64);
        let rows = p.db().read(move |tx| numbers_page(tx, &register, 2026, 0, 500)).await.unwrap();
        assert_eq!(rows.len(), all.len());
        assert!(rows.windows(2).all(|pair| pair[0].dated <= pair[1].dated));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_order_of_dates_is_kept_and_the_year_begins_anew() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform();
        let take = |id, on: Option<Date>| number_and_date(p, &w.clerk, id, on, None, Command::default());
        let (a, b, c) = (w.signed().await.id, w.signed().await.id, w.signed().await.id);
        assert_eq!(take(a, Some(Date::constant(2026, 11, 20))).await.unwrap().number, Some(1));
        assert_eq!(take(b, None).await.unwrap().number, Some(2));
        let refused = take(c, Some(Date::constant(2026, 11, 20))).await.unwrap_err();
        assert!(refused.is_refusal("office.numbering.date-order"), "{refused}");
        let refused = take(c, Some(Date::constant(2026, 11, 24))).await.unwrap_err();
        assert!(refused.is_refusal("office.numbering.future"), "{refused}");
        w.t.clock.advance_seconds(60 * 86_400);
        let next_year = take(c, None).await.unwrap();
        assert_eq!((next_year.number, next_year.code.as_deref()), (Some(1), Some("01/QĐ-BNV")));
    })
    .await;
}
