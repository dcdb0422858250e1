using System.Numerics;

namespace HeadCount.Synthesis;

internal enum Surface { Matt, Gloss, Glow, Cloth, Hair, Head, Leaves, Stone, Wheel, Panels, Shadow }

internal enum Weave { Plain, Hoops, Pinstripe, Check, Blotches, Print, TwoTone, Zip }

internal enum Headgear { None, Cap, Beanie, Helmet, Hood, Scarf, Hat }

/// <summary>What a surface looks like. Colours are gamma-coded RGB in 0..1.</summary>
internal readonly record struct Material(Surface Surface, Vector3 Main)
{
    internal Vector3 Second { get; init; }
    internal Vector3 Third { get; init; }
    internal Weave Weave { get; init; }
    internal Headgear Headgear { get; init; }

    /// <summary>Repeats of a weave; forehead height of a head; opacity of a shadow.</summary>
    internal float Amount { get; init; }

    /// <summary>Faces only: a beard, a mask over mouth and nose, glasses.</summary>
    internal bool Beard { get; init; }
    internal bool Mask { get; init; }
    internal bool Glasses { get; init; }
    internal uint Seed { get; init; }

    /// <summary>The surface's own colour and how much of a highlight it shows.</summary>
    /// <param name="at">Point on the unit sphere in the blob's frame: x right, y up, z front.</param>
    /// <param name="along">Position along the sweep, 0..1.</param>
    /// <param name="pixel">Size of a picture pixel in units of the sphere.</param>
    internal (Vector3 Colour, float Gloss) Look(Vector3 at, float along, float pixel)
    {
        switch (Surface)
        {
            case Surface.Gloss:
                return (Main, 0.5f);
            case Surface.Cloth:
                return (Cloth(at, along, pixel), 0);
            case Surface.Hair:
                float strand = Noise.Value(at.X * 7, at.Y * 2 + along * 3, Seed);
                return (Main * (0.75f + 0.5f * strand), 0.12f);
            case Surface.Head:
                return Head(at, pixel);
            case Surface.Leaves:
                float leafX = at.X + 0.7f * at.Z, leafY = at.Y - 0.8f * at.Z;
                float leaf = Noise.Value(leafX * 5, leafY * 5, Seed) * 0.5f
                    + Noise.Value(leafX * 13, leafY * 13, Seed + 1) * 0.5f;
                return (Main * (0.4f + 1.3f * leaf * leaf), 0);
            case Surface.Stone:
                return (Main * (0.7f + 0.6f * Noise.Fractal(at.X * 3, at.Y * 3 + at.Z, Seed)), 0.05f);
            case Surface.Wheel:
                float radius = MathF.Sqrt(at.Y * at.Y + at.Z * at.Z);
                return (radius < 0.6f ? Second : Main, 0.1f);
            case Surface.Panels:
                float sector = MathF.Atan2(at.X, at.Z) * (4 / MathF.PI);
                return (((int)MathF.Floor(sector) & 1) == 0 ? Main : Second, 0.15f);
            default:
                return (Main, 0);
        }
    }

    private Vector3 Cloth(Vector3 at, float along, float pixel)
    {
        float height = along * 2 + at.Y * 0.3f;
        float fold = Noise.Value(at.X * 3 + 5, height * 3.5f, Seed) * 0.7f
            + Noise.Value(at.X * 8, height * 4, Seed + 9) * 0.3f;
        Vector3 colour = Weave switch
        {
            Weave.Hoops => Vector3.Lerp(Main, Second, Noise.Bars(height * Amount, 0.45f, pixel * Amount)),
            Weave.Pinstripe => Vector3.Lerp(Main, Second, Noise.Bars(at.X * Amount, 0.3f, pixel * Amount)),
            Weave.Check => Vector3.Lerp(Main, Second, 0.5f * (Noise.Bars(height * Amount, 0.5f, pixel * Amount)
                + Noise.Bars(at.X * Amount, 0.5f, pixel * Amount))),
            Weave.Blotches => Vector3.Lerp(Main, Second,
                Noise.Step(0.5f, 0.6f, Noise.Value(at.X * Amount + 9, height * Amount, Seed + 3))),
            Weave.Print => MathF.Abs(at.X) < 0.42f && along is > 0.5f and < 0.85f
                && Noise.Cell((int)MathF.Floor(at.X * 9), (int)MathF.Floor(along * 12),
                    Seed + (at.Z > 0 ? 1u : 2u)) > 0.45f
                ? Second : Main,
            Weave.TwoTone => along > 0.55f ? Second : Main,
            Weave.Zip => at.Z > 0 && MathF.Abs(at.X) < 0.16f ? Second : Main,
            _ => Main,
        };
        return colour * (0.8f + 0.38f * fold);
    }

    // The face looks along +z. All edges are one pixel soft.
    private (Vector3 Colour, float Gloss) Head(Vector3 at, float pixel)
    {
        float soft = MathF.Max(pixel, 0.03f);
        float brow = at.Z - 0.12f - 1.7f * MathF.Max(0, at.Y - 0.12f + Amount);
        float nape = 0.35f * (Noise.Value(at.X * 4, at.Z * 4, Seed) - 0.5f);
        float bare = Noise.Step(-soft, soft, brow + nape * 0.4f);
        if (at.Z <= 0.3f)
            bare = MathF.Max(bare, Noise.Step(-soft, soft, -0.62f - at.Y + nape * 0.5f));
        // Ears, at the side and a little below the middle.
        float ear = at.X * at.X > 0.6f ? Noise.Step(0.2f, 0.12f, MathF.Abs(at.Z + 0.02f)) * Noise.Step(0.26f, 0.18f,
            MathF.Abs(at.Y + 0.1f)) : 0;
        Vector3 skin = Main * (1 - 0.25f * MathF.Max(0, -at.Y - 0.3f)
            + 0.06f * Noise.Value(at.X * 3, at.Y * 3, Seed + 4));
        if (pixel < 0.22f && at.Z > 0)
            skin = Features(skin, at, soft);
        Vector3 hair = Second * (0.7f + 0.6f * Noise.Value(at.X * 9, at.Z * 5 + at.Y * 3, Seed + 5));
        Vector3 colour = Vector3.Lerp(hair, skin, MathF.Max(bare, ear));
        float gloss = 0.1f * (1 - bare);
        float cover = Headgear switch
        {
            Headgear.Cap => Noise.Step(-soft, soft, at.Y - 0.28f),
            Headgear.Beanie => Noise.Step(-soft, soft, at.Y - 0.12f - 0.25f * at.Z),
            Headgear.Helmet => Noise.Step(-soft, soft, at.Y - 0.08f - 0.2f * at.Z),
            Headgear.Hat => Noise.Step(-soft, soft, at.Y - 0.38f),
            Headgear.Hood => Noise.Step(-soft, soft, 0.5f + 0.45f * at.Y * at.Y - at.Z),
            Headgear.Scarf => Noise.Step(-soft, soft, 0.62f + 0.3f * MathF.Max(0, at.Y) - at.Z),
            _ => 0,
        };
        if (cover > 0)
        {
            Vector3 cloth = Third;
            if (Headgear == Headgear.Beanie)
                cloth *= 0.85f + 0.3f * Noise.Bars(MathF.Atan2(at.X, at.Z) * 7, 0.5f, pixel * 4);
            else if (Headgear != Headgear.Helmet)
                cloth *= 0.8f + 0.35f * Noise.Value(at.X * 4, at.Y * 4 + at.Z, Seed + 6);
            colour = Vector3.Lerp(colour, cloth, cover);
            gloss = Headgear == Headgear.Helmet ? 0.5f * cover : gloss * (1 - cover);
        }
        return (colour, gloss);
    }

    private Vector3 Features(Vector3 skin, Vector3 at, float soft)
    {
        float side = MathF.Abs(at.X);
        var dark = new Vector3(0.12f, 0.09f, 0.08f);
        if (Beard && at.Y < -0.2f)
            skin = Vector3.Lerp(skin, Second, 0.85f * Noise.Step(0.25f, 0.45f, -at.Y + 0.25f * side));
        float eye = Spot(side - 0.36f, 0.15f, at.Y - 0.06f, 0.075f);
        float brow = 0.7f * Spot(side - 0.37f, 0.2f, at.Y - 0.24f, 0.05f);
        float mouth = Spot(at.X, 0.26f, at.Y + 0.52f, 0.06f);
        float nose = 0.35f * Spot(at.X - 0.05f, 0.1f, at.Y + 0.24f, 0.07f);
        skin = Vector3.Lerp(skin, dark, MathF.Max(MathF.Max(eye, brow * 0.8f), nose));
        skin = Vector3.Lerp(skin, new Vector3(0.55f, 0.22f, 0.22f), 0.7f * mouth);
        if (Mask)
            skin = Vector3.Lerp(skin, new Vector3(0.8f, 0.87f, 0.9f),
                Noise.Step(-soft, soft, -0.1f - at.Y) * Noise.Step(0.1f, 0.3f, at.Z));
        if (Glasses)
            skin = Vector3.Lerp(skin, dark, 0.85f * Spot(side - 0.36f, 0.27f, at.Y - 0.05f, 0.17f));
        return skin;

        float Spot(float x, float width, float y, float height)
        {
            float r = MathF.Sqrt(x * x / (width * width) + y * y / (height * height));
            return Noise.Step(1 + soft / height, 1 - soft / height, r) * MathF.Min(1, height / soft);
        }
    }
}
