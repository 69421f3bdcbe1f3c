"""The schedule: airports, carriers, equipment and dated legs."""
