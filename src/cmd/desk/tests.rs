//! Who gets room, and when.

use std::sync::mpsc::channel;
use std::thread;

use super::{Claimed, Desk, Entry, Picodollars, Settlement, lock};
use crate::books;

const WORST: Picodollars = Picodollars(6);

fn claim(desk: &Desk, place: u64) -> Claimed {
    let entry = Entry {
        time: 0,
        deadline: 0,
        retry_of: None,
        command: "chat",
        tag: None,
        model: "m",
        host: "h",
        prompt_tokens: 1,
        reply_tokens: 1,
        exact: true,
        price: "1:1",
        price_source: "table",
        worst_case: WORST.0,
        requests: 1,
    };
    desk.claim(place, WORST, &entry, &[])
}

fn settle(desk: &Desk, cost: Option<u128>) {
    let settlement = Settlement {
        bill: cost.map(|cost| books::Bill { cost, usage: None }),
        model: None,
        finish_reason: None,
        request_id: None,
        attempts: 1,
        duration_ms: 1,
    };
    desk.settle(WORST, None, &settlement);
}

#[test]
fn room_is_waited_for_in_the_order_of_the_job() {
    let desk = Desk::new(None, Some(Picodollars(10)));
    assert!(matches!(claim(&desk, 1), Claimed::Booked(None)));
    let (sender, booked) = channel();
    thread::scope(|scope| {
        for (waiting, place) in [(1, 4), (2, 3), (3, 2)] {
            let (desk, sender) = (&desk, sender.clone());
            scope.spawn(move || {
                let is_booked = matches!(claim(desk, place), Claimed::Booked(None));
                sender.send((place, is_booked)).unwrap();
            });
            while lock(&desk.open).without_room.len() < waiting {
                thread::yield_now();
            }
        }
        for place in [2, 3] {
            settle(&desk, Some(1));
            assert_eq!(booked.recv().unwrap(), (place, true));
        }
        // Without a bill it may have cost all it could: there is no room, and nobody leaves any.
        settle(&desk, None);
        assert_eq!(booked.recv().unwrap(), (4, false));
    });
    assert_eq!(desk.taken(), Picodollars(8));
}

#[test]
fn a_bill_may_be_higher_than_the_claim() {
    let desk = Desk::new(None, Some(Picodollars(20)));
    assert!(matches!(claim(&desk, 1), Claimed::Booked(None)));
    settle(&desk, Some(15));
    assert_eq!(desk.taken(), Picodollars(15));
    assert!(matches!(claim(&desk, 2), Claimed::OverLimit(_)));
    assert!(desk.check().is_ok());
}
