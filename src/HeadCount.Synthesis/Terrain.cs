using System.Numerics;

namespace HeadCount.Synthesis;

/// <summary>
/// Level ground up to Z = Start, then rows of seats that climb at Slope as far as Z = Rear. Nobody stands behind Rear
/// or further than Side to the left or right.
/// </summary>
internal readonly record struct Terrain(float Slope, float Start, float Rear, float Side)
{
    /// <summary>Metres from one row of seats to the next.</summary>
    internal const float RowDepth = 0.85f;

    internal float Height(float z) =>
        z <= Start ? 0 : MathF.Floor((MathF.Min(z, Rear) - Start) / RowDepth) * RowDepth * Slope;

    internal bool Holds(Vector3 point) => point.Z < Rear && MathF.Abs(point.X) < Side;

    /// <summary>Depth along the ray at which it is lift metres above the ground, or null where it never is.</summary>
    internal float? Hit(Vector3 origin, Vector3 ray, float lift)
    {
        float height = origin.Y - lift;
        if (ray.Y < 0)
        {
            float level = -height / ray.Y;
            if (level > 0 && level * ray.Z <= Start)
                return level;
        }
        if (Slope == 0)
            return null;
        // height + t y = slope (t z - start)
        float climb = (height + Slope * Start) / (Slope * ray.Z - ray.Y);
        return climb > 0 && climb * ray.Z >= Start && climb * ray.Z <= Rear ? climb : null;
    }
}
