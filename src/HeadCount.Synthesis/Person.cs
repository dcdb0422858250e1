using System.Numerics;

namespace HeadCount.Synthesis;

internal enum Posture { Standing, Walking, Sitting }

/// <summary>Where somebody is and what they do; yaw 0 looks away from the camera, π towards it.</summary>
internal readonly record struct Stance(Vector3 Feet, float Yaw, Posture Posture, float Cheer);

/// <summary>One person as solids, in the proportions of an adult of 1.72 m.</summary>
internal sealed class Person
{
    /// <summary>Metres from chin to crown with hair, for an adult: what "head size" means.</summary>
    internal const float HeadHeight = 0.25f;

    /// <summary>Metres from the ground to the middle of a standing adult's head.</summary>
    internal const float StandingHead = 1.59f;

    /// <summary>Metres from the ground under the seat to the middle of a seated adult's head.</summary>
    internal const float SittingHead = 1.18f;

    private static readonly Vector3[] Skins =
    [
        new(0.95f, 0.80f, 0.70f), new(0.92f, 0.74f, 0.62f), new(0.87f, 0.67f, 0.53f), new(0.78f, 0.58f, 0.44f),
        new(0.68f, 0.48f, 0.35f), new(0.55f, 0.37f, 0.26f), new(0.42f, 0.28f, 0.20f), new(0.30f, 0.20f, 0.15f),
    ];

    private static readonly Vector3[] Hairs =
    [
        new(0.07f, 0.06f, 0.06f), new(0.10f, 0.08f, 0.07f), new(0.08f, 0.07f, 0.08f), new(0.20f, 0.13f, 0.09f),
        new(0.28f, 0.18f, 0.11f), new(0.45f, 0.31f, 0.18f), new(0.75f, 0.60f, 0.38f), new(0.55f, 0.54f, 0.53f),
        new(0.82f, 0.81f, 0.79f), new(0.48f, 0.22f, 0.12f),
    ];

    private static readonly Vector3[] Muted =
    [
        new(0.10f, 0.10f, 0.12f), new(0.15f, 0.16f, 0.20f), new(0.13f, 0.17f, 0.30f), new(0.25f, 0.25f, 0.27f),
        new(0.45f, 0.46f, 0.48f), new(0.70f, 0.70f, 0.70f), new(0.92f, 0.92f, 0.91f), new(0.88f, 0.85f, 0.78f),
        new(0.55f, 0.47f, 0.36f), new(0.33f, 0.27f, 0.21f), new(0.30f, 0.40f, 0.55f), new(0.42f, 0.52f, 0.66f),
        new(0.28f, 0.33f, 0.25f), new(0.40f, 0.15f, 0.17f),
    ];

    private readonly List<Blob> _parts = new(32);
    private readonly Frame _body;
    private readonly Vector3 _feet;
    private readonly float _size;

    /// <param name="stance">Where and how.</param>
    /// <param name="dress">What decides the looks.</param>
    /// <param name="uniform">A colour that many wear here, such as a team's, or null.</param>
    /// <param name="cold">Whether coats, beanies and hoods prevail over bare arms.</param>
    /// <param name="detail">Pixels a metre: what would be too small to see is left out.</param>
    internal Person(Stance stance, Rng dress, Vector3? uniform, bool cold, float detail)
    {
        bool child = dress.Chance(0.08f);
        _size = child ? dress.Range(0.6f, 0.85f) : Math.Clamp(1 + 0.05f * dress.Normal(), 0.88f, 1.13f);
        _feet = stance.Feet;
        _body = Frame.Turned(stance.Yaw);
        bool fine = detail > 50;
        uint seed = (uint)dress.Next();
        float build = Math.Clamp(1 + 0.12f * dress.Normal(), 0.8f, 1.4f);
        Vector3 skin = dress.Pick<Vector3>(Skins) * dress.Range(0.93f, 1.06f);
        Vector3 hair = dress.Pick<Vector3>(Hairs) * dress.Range(0.8f, 1.2f);
        Vector3 topColour = uniform is { } u && dress.Chance(0.7f) ? u : Colour(dress, 0.45f);
        var top = new Material(Surface.Cloth, topColour)
        {
            Second = dress.Chance(0.5f) ? Colour(dress, 0.4f) : new Vector3(0.9f),
            Weave = dress.Chance(0.5f) ? Weave.Plain : (Weave)dress.Int(1, 7),
            Amount = dress.Range(2, 8),
            Seed = seed,
        };
        var bottom = new Material(Surface.Cloth, Colour(dress, 0.12f) * 0.85f) { Seed = seed + 1 };
        var bare = new Material(Surface.Matt, skin);
        bool sleeves = dress.Chance(cold ? 0.97f : 0.35f), shorts = !cold && dress.Chance(0.35f);
        bool coat = cold ? dress.Chance(0.5f) : dress.Chance(0.05f), skirt = !coat && dress.Chance(cold ? 0.08f : 0.2f);

        bool sits = stance.Posture == Posture.Sitting;
        float drop = sits ? SittingHead - StandingHead : 0;
        Legs(stance.Posture, dress, shorts || (skirt && !cold) ? bare : bottom, bottom, fine, drop);
        if ((skirt || coat) && !sits)
        {
            Material cloth = skirt ? (dress.Chance(0.5f) ? top : bottom) : top with { Weave = Weave.Plain };
            Add(new(0, 1.02f, 0), new(0, dress.Range(0.45f, 0.75f), 0), new(0.155f * build, 0.12f, 0.115f * build),
                cloth, 1, 1.35f);
        }

        // Torso: hips to chest, then the yoke of the shoulders.
        Add(new(0, 0.98f + drop, 0), new(0, 1.30f + drop, 0.01f), new(0.165f * build, 0.11f, 0.115f * build), top,
            0.95f, 1.06f);
        Add(new(-0.115f * build, 1.37f + drop, 0), new(0.115f * build, 1.37f + drop, 0), new(0.085f, 0.085f, 0.085f),
            top with { Weave = top.Weave is Weave.Check or Weave.Blotches ? top.Weave : Weave.Plain,
                Main = top.Weave == Weave.TwoTone ? top.Second : top.Main });
        Add(new(0, 1.40f + drop, 0.0f), new(0, 1.50f + drop, 0.015f), new(0.058f), bare with { Main = skin * 0.88f });
        if (dress.Chance(0.15f))
        {
            var pack = new Material(Surface.Cloth, Colour(dress, 0.4f)) { Seed = seed + 2 };
            Add(new(0, 1.08f + drop, -0.19f), new(0, 1.26f + drop, -0.18f), new(0.14f, 0.13f, 0.09f), pack);
        }
        Arms(stance, dress, sleeves ? top with { Weave = Weave.Plain } : bare, top, bare, build, drop, fine);
        AddHead(dress, skin, hair, topColour, cold, child, drop, seed);
        if (dress.Chance(0.004f))
            Umbrella(dress, drop);
    }

    /// <summary>The middle of the head, in the world.</summary>
    internal Vector3 HeadCentre { get; private set; }

    /// <summary>The solids from back to front as the camera sees them.</summary>
    internal List<Blob> Sorted(Camera camera)
    {
        _parts.Sort((a, b) => camera.Depth((b.From + b.To) / 2).CompareTo(camera.Depth((a.From + a.To) / 2)));
        return _parts;
    }

    private static Vector3 Colour(Rng dress, float vividShare)
    {
        if (!dress.Chance(vividShare))
            return dress.Pick<Vector3>(Muted) * dress.Range(0.85f, 1.1f);
        return Hue(dress.Chance(0.6f) ? dress.Pick<float>([0, 0.02f, 0.1f, 0.14f, 0.57f, 0.61f, 0.64f]) : dress.Unit(),
            dress.Range(0.2f, 0.8f), dress.Range(0.3f, 0.9f));
    }

    /// <summary>HSV to RGB.</summary>
    internal static Vector3 Hue(float hue, float saturation, float value)
    {
        return new Vector3(Channel(5), Channel(3), Channel(1));

        float Channel(int n)
        {
            float k = (n + hue * 6) % 6;
            return value - value * saturation * Math.Clamp(MathF.Min(k, 4 - k), 0, 1);
        }
    }

    private void Add(Vector3 from, Vector3 to, Vector3 axes, Material material, float fromScale = 1, float toScale = 1,
        Frame? frame = null, bool head = false) =>
        _parts.Add(new Blob(At(from), At(to), axes * _size, frame ?? _body, material, fromScale, toScale, head));

    private Vector3 At(Vector3 local) => _feet + _body.ToWorld(local * _size);

    private void Limb(Vector3 a, Vector3 b, float radius, float taper, Material material) =>
        Add(a, b, new Vector3(radius), material, 1, taper);

    private void Legs(Posture posture, Rng dress, Material lower, Material upper, bool fine, float drop)
    {
        float stride = posture == Posture.Walking ? dress.Range(0.08f, 0.3f) : dress.Range(0, 0.06f);
        if (dress.Chance(0.5f))
            stride = -stride;
        var shoe = new Material(Surface.Matt, dress.Chance(0.3f) ? new Vector3(0.85f)
            : new Vector3(0.12f, 0.11f, 0.1f));
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            float step = side * stride;
            var hip = new Vector3(side * 0.085f, 0.93f + drop, 0);
            Vector3 knee = posture == Posture.Sitting
                ? new(side * 0.12f, 0.52f, 0.42f)
                : new(side * 0.095f, 0.5f, step * 0.5f + 0.05f * MathF.Abs(step));
            Vector3 ankle = posture == Posture.Sitting
                ? new(side * 0.12f, 0.08f, 0.4f)
                : new(side * 0.1f, 0.08f + MathF.Max(0, -step) * 0.25f, step);
            Limb(hip, knee, 0.085f, 0.75f, upper);
            Limb(knee, ankle, 0.062f, 0.7f, lower);
            if (fine)
                Add(ankle + new Vector3(0, -0.035f, -0.02f), ankle + new Vector3(0, -0.045f, 0.12f),
                    new(0.042f, 0.04f, 0.05f), shoe);
        }
    }

    private void Arms(Stance stance, Rng dress, Material lower, Material upper, Material hand, float build, float drop,
        bool fine)
    {
        Material sleeve = upper with { Weave = Weave.Plain, Main = upper.Weave == Weave.TwoTone ? upper.Second
            : upper.Main };
        float swing = stance.Posture == Posture.Walking ? dress.Range(-0.2f, 0.2f) : 0;
        bool both = dress.Chance(stance.Cheer), phone = dress.Chance(0.13f), crossed = dress.Chance(0.1f);
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            bool raised = both || dress.Chance(stance.Cheer * 0.3f);
            float bend = dress.Range(-0.03f, 0.03f);
            var shoulder = new Vector3(side * 0.185f * build, 1.37f, 0);
            var (elbow, wrist) = raised
                ? (new Vector3(side * 0.27f, 1.6f + bend, 0.08f),
                    new Vector3(side * (0.2f + bend), 1.86f + bend, 0.12f))
                : phone ? (new Vector3(side * 0.23f, 1.1f, 0.06f), new Vector3(side * 0.05f, 1.24f + bend, 0.3f))
                : crossed || stance.Posture == Posture.Sitting
                    ? (new Vector3(side * 0.24f, 1.08f, 0.08f), new Vector3(side * (crossed ? -0.06f : 0.12f), 1.05f,
                        0.26f))
                : (new Vector3(side * (0.23f + bend), 1.1f, -0.03f + side * swing * 0.5f),
                    new Vector3(side * (0.23f + bend), 0.86f, 0.05f + side * swing));
            var down = new Vector3(0, drop, 0);
            Limb(shoulder + down, elbow + down, 0.058f, 0.8f, sleeve);
            Limb(elbow + down, wrist + down, 0.044f, 0.75f, lower);
            if (fine || raised)
                Add(wrist + down, wrist + down, new(0.04f, 0.05f, 0.04f), hand);
            if (phone && side > 0 && fine)
                Add(wrist + down + new Vector3(-0.05f, 0.05f, 0.05f), wrist + down + new Vector3(-0.05f, 0.05f, 0.05f),
                    new(0.04f, 0.075f, 0.012f), new Material(Surface.Gloss, new Vector3(0.08f)));
        }
    }

    private void AddHead(Rng dress, Vector3 skin, Vector3 hair, Vector3 cloth, bool cold, bool child, float drop,
        uint seed)
    {
        Headgear gear = dress.Chance(cold ? 0.5f : 0.22f)
            ? dress.Pick<Headgear>(cold
                ? [Headgear.Beanie, Headgear.Beanie, Headgear.Hood, Headgear.Hood, Headgear.Cap, Headgear.Scarf]
                : [Headgear.Cap, Headgear.Cap, Headgear.Hat, Headgear.Scarf, Headgear.Helmet, Headgear.Hood,
                    Headgear.Beanie])
            : Headgear.None;
        bool longHair = dress.Chance(0.42f) && gear is not (Headgear.Hood or Headgear.Scarf), bald = !longHair
            && dress.Chance(0.08f);
        Vector3 gearColour = gear == Headgear.Hood ? cloth
            : gear == Headgear.Helmet
                ? dress.Pick<Vector3>([new(0.95f, 0.8f, 0.1f), new(0.92f), new(0.9f, 0.35f, 0.1f),
                new(0.15f, 0.3f, 0.7f)])
            : Colour(dress, 0.4f);
        float volume = gear switch
        {
            Headgear.Hood => 1.2f,
            Headgear.Helmet or Headgear.Scarf => 1.12f,
            Headgear.None when !bald && dress.Chance(0.06f) => dress.Range(1.2f, 1.45f), // big curls
            _ => dress.Range(0.97f, 1.06f),
        };
        if (child)
            volume *= 1.18f;
        var look = new Material(Surface.Head, skin)
        {
            Second = bald ? skin * 0.96f : hair,
            Third = gearColour,
            Headgear = gear,
            Amount = dress.Range(-0.08f, 0.12f),
            Beard = !longHair && !child && dress.Chance(0.25f),
            Mask = dress.Chance(0.04f),
            Glasses = dress.Chance(0.15f),
            Seed = seed,
        };
        // Heads turn and nod; a nod tips the frame about the neck.
        float nod = 0.18f * dress.Normal() + (dress.Chance(0.12f) ? 0.5f : 0), turn = 0.35f * dress.Normal();
        Frame bodyTurn = Frame.Turned(MathF.Atan2(_body.Front.X, _body.Front.Z) + turn, Math.Clamp(nod, -0.6f, 0.8f));
        var neck = new Vector3(0, 1.48f + drop, 0.01f);
        var scale = new Vector3(0.083f, 0.122f, 0.1f) * volume;
        Vector3 centre = At(neck) + bodyTurn.ToWorld(new Vector3(0, 0.11f, 0.025f) * _size);
        HeadCentre = centre;
        AddRound(Vector3.Zero, Vector3.Zero, scale, look, head: true);

        var strands = new Material(Surface.Hair, hair) { Seed = seed + 7 };
        if (longHair)
        {
            float length = dress.Range(0.08f, 0.3f);
            if (dress.Chance(0.6f))
                AddRound(new(0, -0.02f, -0.035f), new(0, -0.04f - length, -0.06f), new(0.088f, 0.1f, 0.062f), strands,
                    1, 0.85f);
            else if (dress.Chance(0.6f))
                AddRound(new(0, 0.03f, -0.11f), new(0, -0.05f - length, -0.13f), new(0.034f), strands, 1, 0.6f);
            else if (gear == Headgear.None)
                AddRound(new(0, 0.11f, -0.07f), new(0, 0.11f, -0.07f), new(0.05f), strands);
        }
        var brim = new Material(Surface.Matt, gearColour * 0.9f);
        if (gear == Headgear.Cap)
        {
            float side = dress.Chance(0.1f) ? -1 : 1;
            AddRound(new(0, 0.04f, 0.07f * side), new(0, 0.03f, 0.115f * side), new(0.065f, 0.012f, 0.06f), brim,
                head: true);
        }
        else if (gear == Headgear.Hat)
        {
            AddRound(new(0, 0.06f, 0), new(0, 0.06f, 0), new(0.16f, 0.018f, 0.17f), brim);
            AddRound(new(0, 0.065f, 0), new(0, 0.095f, 0), new(0.082f, 0.055f, 0.095f),
                brim with { Main = gearColour }, head: true);
        }

        void AddRound(Vector3 a, Vector3 b, Vector3 axes, Material material, float fromScale = 1, float toScale = 1,
            bool head = false) =>
            _parts.Add(new Blob(centre + bodyTurn.ToWorld(a * _size), centre + bodyTurn.ToWorld(b * _size),
                axes * _size,
                bodyTurn, material, fromScale, toScale, head));
    }

    private void Umbrella(Rng dress, float drop)
    {
        var cloth = new Material(Surface.Panels, Colour(dress, 0.6f)) { Second = dress.Chance(0.5f) ? new Vector3(0.9f)
            : Colour(dress, 0.4f) };
        Limb(new(0.2f, 1.1f + drop, 0.2f), new(0.1f, 1.95f + drop, 0.1f), 0.012f, 1,
            new Material(Surface.Matt, new Vector3(0.3f)));
        Add(new(0.1f, 1.92f + drop, 0.1f), new(0.1f, 1.95f + drop, 0.1f), new(0.52f, 0.14f, 0.52f), cloth);
    }
}
