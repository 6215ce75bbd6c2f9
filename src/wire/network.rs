//! Which network an address is on: whoever follows an address that a server named must not be
//! led to one that only we can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Url;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    Public,
    Loopback,
    /// Of a house, an office, a provider, a container's host.
    Private,
    LinkLocal,
    /// Nobody's: unspecified, multicast, reserved.
    Nowhere,
}

impl Network {
    pub fn of(ip: IpAddr) -> Network {
        match ip {
            IpAddr::V4(ip) => Network::of_v4(ip),
            IpAddr::V6(ip) => Network::of_v6(ip),
        }
    }

    /// Of a host that is an address, or a name for this machine.
    pub fn named(url: &Url) -> Option<Network> {
        if url.is_loopback() {
            return Some(Network::Loopback);
        }
        url.host().parse().ok().map(Network::of)
    }

    fn of_v4(ip: Ipv4Addr) -> Network {
        match ip.octets() {
            [127, ..] => Network::Loopback,
            [169, 254, ..] => Network::LinkLocal,
            [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => {
                Network::Private
            }
            [0 | 224.., ..]
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _] => Network::Nowhere,
            _ => Network::Public,
        }
    }

    /// Addresses that carry an IPv4 address lead where that one does.
    fn of_v6(ip: Ipv6Addr) -> Network {
        let carried = |high: u16, low: u16| {
            Network::of_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
        };
        match ip.segments() {
            [0, 0, 0, 0, 0, 0, 0, 1] => Network::Loopback,
            [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
            | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
            | [0x2002, high, low, ..] => carried(high, low),
            [0xfc00..=0xfdff, ..] => Network::Private,
            [0xfe80..=0xfebf, ..] => Network::LinkLocal,
            [0x2001, 0xdb8, ..] => Network::Nowhere,
            [0x2000..=0x3fff, ..] => Network::Public,
            _ => Network::Nowhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_on_some_network() {
        use Network::{LinkLocal, Loopback, Nowhere, Private, Public};
        for (network, addresses) in [
            (Public, "8.8.8.8 172.15.0.1 172.32.0.1 100.63.0.1 100.128.0.1 192.169.0.1 2a00::1"),
            (Public, "::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1 2606:4700::1111"),
            (Loopback, "127.0.0.1 127.255.255.255 ::1 ::ffff:127.0.0.1 ::127.0.0.1"),
            (Loopback, "64:ff9b::7f00:1 2002:7f00:1::"),
            (Private, "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 fd00::1"),
            (Private, "::ffff:10.0.0.1 fc00::1"),
            (LinkLocal, "169.254.169.254 fe80::1 ::ffff:169.254.169.254"),
            (Nowhere, "0.0.0.0 0.1.2.3 224.0.0.1 255.255.255.255 240.0.0.1 198.18.0.1 ::"),
            (Nowhere, "192.0.2.1 203.0.113.9 ff02::1 2001:db8::1 fec0::1 1::1"),
        ] {
            for address in addresses.split(' ') {
                assert_eq!(Network::of(address.parse().unwrap()), network, "{address}");
            }
        }
    }
}
