-- After a restore, or a failover that lost something: psql as farewire_owner, while no worker prices.
--
-- Open pages, gateways and Redis keep the highest version of a flight that they have seen, and those here are older than some of
-- them. So each flight begins anew at the clock's milliseconds: versions grow by fewer than a thousand a second, so that is above any
-- that was shown, also after an earlier restore of the same copy, and far below what a JavaScript number can count to.
\set ON_ERROR_STOP on
SELECT greatest(extract(epoch FROM clock_timestamp()) * 1000, max(version) + 1)::bigint AS base FROM pricing_flightstate \gset
UPDATE pricing_flightstate SET
  version = :base, published_version = :base - (published_version < version)::int,
  document = jsonb_set(document, '{version}', to_jsonb(:base));
