-- The topics of the watchlist in use: the loader keeps them current. Until the first run, those shipped so far.
create table base.topics (
    code varchar not null,
    label varchar not null,
    description varchar not null
);

insert into base.topics values
    ('T01', 'Vendor restrictions and bans', 'An authority or operator excludes, limits, phases out or re-admits a vendor of network equipment.'),
    ('T02', 'Vendor footprint and contracts', 'Who supplies which operator; swaps, shares, multi-vendor strategy.'),
    ('T03', 'Regulation, law, enforcement', 'Statutes, codes, licence conditions, audits and fines on the security of networks.'),
    ('T04', 'Core network and service-based architecture', 'Weaknesses of the functions of the 4G and 5G core.'),
    ('T05', 'Radio, air interface and baseband', 'Fake base stations, downgrades, jamming, flaws of modems.'),
    ('T06', 'Signalling, interconnect, roaming', 'SS7, Diameter, GTP, IMS and their firewalls.'),
    ('T07', 'Intrusions and espionage against operators', 'Intrusions into carriers, their suppliers and interception systems; ransomware and theft of data there.'),
    ('T08', 'Subscriber-facing fraud and tracking', 'SIM swaps, SMS blasters, IMSI catchers, tracking and interception of subscribers.'),
    ('T09', 'Supply chain, chips, modules, CPE', 'Origin, export control, modules, routers, bills of materials.'),
    ('T10', 'Open RAN, virtualisation, cloud', 'Open interfaces, containers and clouds that networks run on.'),
    ('T11', 'Slicing, edge, exposure, private 5G, IoT', 'Isolation of slices, edge clouds, campus and industrial networks.'),
    ('T12', 'Standards, assurance, certification', '3GPP security work, NESAS and SCAS, EUCC, approval laboratories.'),
    ('T13', 'Identity, SIM/eSIM, cryptography', 'Authentication, concealed identifiers, eUICC, quantum-safe migration.'),
    ('T14', 'Lawful interception and surveillance policy', 'Mandates, access to interception systems, encryption policy for carriers.'),
    ('T15', 'Resilience, outages, sabotage', 'Large outages, cut cables, burnt masts, jamming, energy, disaster.'),
    ('T16', '6G and non-terrestrial networks', 'Security and vendor policy of 6G and of satellites that serve phones.');
