"""From links and sightings to contact points: what was seen where and when, what is still current, who has died."""
