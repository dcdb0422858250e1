using System.Numerics;

namespace HeadCount.Synthesis;

/// <summary>Things that are not people, many of them as round as heads.</summary>
internal static class Prop
{
    /// <summary>One thing on the ground at a place.</summary>
    internal static List<Blob> Make(SceneKind kind, Vector3 at, bool night, Rng rng)
    {
        var blobs = new List<Blob>(16);
        var colour = Person.Hue(rng.Unit(), rng.Range(0.2f, 0.9f), rng.Range(0.3f, 0.95f));
        uint seed = (uint)rng.Next();
        switch (Choose(kind, rng))
        {
            case "lamp":
                var pole = new Material(Surface.Matt, new Vector3(0.2f, 0.22f, 0.22f));
                float height = rng.Range(2.6f, 4.5f), globe = rng.Range(0.13f, 0.25f);
                var glass = new Material(night ? Surface.Glow : Surface.Gloss, night ? new Vector3(1.3f, 1.2f, 0.95f)
                    : new Vector3(0.92f, 0.9f, 0.82f));
                blobs.Add(Blob.Rod(at, at + Up(height), 0.06f, pole, 0.6f));
                for (int i = rng.Int(1, 3); i > 0; i--)
                    blobs.Add(Blob.Ball(at + new Vector3((i - 1.5f) * 0.6f, height, 0), globe, glass));
                break;
            case "ball":
                float radius = rng.Range(0.09f, 0.35f);
                blobs.Add(Blob.Ball(at + Up(radius), radius, new Material(rng.Chance(0.5f) ? Surface.Panels
                    : Surface.Gloss, colour) { Second = new Vector3(0.92f) }));
                break;
            case "balloons":
                var hand = at + Up(rng.Range(1.2f, 2.2f));
                for (int i = rng.Int(1, 7); i > 0; i--)
                {
                    Vector3 tip = hand + new Vector3(0.3f * rng.Normal(), rng.Range(0.4f, 1.2f), 0.3f * rng.Normal());
                    var rubber = new Material(Surface.Gloss, Person.Hue(rng.Unit(), 0.75f, 0.9f));
                    blobs.Add(Blob.Rod(hand, tip, 0.006f, new Material(Surface.Matt, new Vector3(0.8f))));
                    blobs.Add(new Blob(tip, tip, new Vector3(0.14f, 0.17f, 0.14f), Frame.World, rubber));
                }
                break;
            case "bush":
                var leaves = new Material(Surface.Leaves, new Vector3(0.22f, 0.38f, 0.15f) * rng.Range(0.7f,
                    1.3f)) { Seed = seed };
                float size = rng.Range(0.3f, 0.9f);
                for (int i = rng.Int(3, 9); i > 0; i--)
                    blobs.Add(Blob.Ball(at + size * new Vector3(rng.Range(-1, 1), rng.Range(0.2f, 0.9f),
                        rng.Range(-1, 1)), size * rng.Range(0.35f, 0.7f), leaves with { Seed = seed + (uint)i }));
                break;
            case "tree":
                var bark = new Material(Surface.Hair, new Vector3(0.28f, 0.22f, 0.17f)) { Seed = seed };
                float trunk = rng.Range(2.2f, 3.8f), crown = rng.Range(1.2f, 2.6f);
                blobs.Add(Blob.Rod(at, at + Up(trunk + crown), rng.Range(0.1f, 0.25f), bark, 0.4f));
                var green = new Vector3(rng.Range(0.18f, 0.36f), rng.Range(0.32f, 0.42f), 0.14f);
                for (int i = 26; i > 0; i--)
                    blobs.Add(Blob.Ball(at + Up(trunk + crown) + crown * new Vector3(rng.Range(-0.9f, 0.9f),
                        rng.Range(-0.6f, 0.9f), rng.Range(-0.9f, 0.9f)),
                        crown * rng.Range(0.25f, 0.5f), new Material(Surface.Leaves,
                            green * rng.Range(0.75f, 1.25f)) { Seed = seed + (uint)i }));
                break;
            case "stones":
                for (int i = rng.Int(1, 6); i > 0; i--)
                {
                    float girth = rng.LogRange(0.06f, 0.45f);
                    Vector3 centre = at + new Vector3(rng.Range(-1, 1), girth * 0.5f, rng.Range(-1, 1));
                    blobs.Add(new Blob(centre, centre, girth * new Vector3(1, rng.Range(0.6f, 1),
                        rng.Range(0.7f, 1.1f)), Frame.Turned(rng.Range(0, 6)),
                        new Material(Surface.Stone, new Vector3(rng.Range(0.35f, 0.75f)) * new Vector3(1.02f, 1,
                            0.95f)) { Seed = seed + (uint)i }));
                }
                break;
            case "bollard":
                var iron = new Material(Surface.Gloss, rng.Chance(0.4f) ? colour : new Vector3(rng.Range(0.1f, 0.6f)));
                float tall = rng.Range(0.6f, 1.1f), thick = rng.Range(0.06f, 0.16f);
                blobs.Add(Blob.Rod(at, at + Up(tall), thick, iron));
                blobs.Add(Blob.Ball(at + Up(tall + thick), thick * 1.3f, iron));
                break;
            case "sign":
                Frame facing = Frame.Turned(MathF.PI + 0.4f * rng.Normal());
                float mast = rng.Range(2, 3);
                blobs.Add(Blob.Rod(at, at + Up(mast), 0.035f, new Material(Surface.Matt, new Vector3(0.6f))));
                Disc(at + Up(mast), 0.32f, new Material(Surface.Matt, rng.Chance(0.6f) ? new Vector3(0.75f, 0.1f, 0.1f)
                    : new Vector3(0.1f, 0.25f, 0.7f)), 0);
                Disc(at + Up(mast), 0.22f, new Material(Surface.Matt, new Vector3(0.93f)), 0.03f);
                break;

                void Disc(Vector3 centre, float r, Material material, float forward) =>
                    blobs.Add(new Blob(centre + forward * facing.Front,
                    centre + forward * facing.Front, new Vector3(r, r, 0.02f), facing, material));
            case "parasol":
                var canvas = new Material(Surface.Panels, colour) { Second = rng.Chance(0.5f) ? new Vector3(0.95f)
                    : colour * 0.8f };
                float reach = rng.Range(0.9f, 1.5f);
                blobs.Add(Blob.Rod(at, at + Up(2.3f), 0.025f, new Material(Surface.Matt, new Vector3(0.8f))));
                blobs.Add(new Blob(at + Up(2.2f), at + Up(2.2f), new Vector3(reach, 0.35f, reach), Frame.World,
                    canvas));
                break;
            case "car":
                Frame heading = Frame.Turned((rng.Chance(0.5f) ? 0 : MathF.PI) + (kind == SceneKind.Street ? 0
                    : rng.Range(0, 6)));
                var paint = new Material(Surface.Gloss, rng.Chance(0.6f) ? new Vector3(rng.Range(0.08f, 0.9f))
                    : colour);
                Part(new(0, 0.62f, -1.45f), new(0, 0.6f, 1.45f), new(0.86f, 0.36f, 0.6f), paint);
                Part(new(0, 1.0f, -0.7f), new(0, 1.0f, 0.35f), new(0.7f, 0.42f, 0.6f),
                    new Material(Surface.Gloss, new Vector3(0.14f, 0.17f, 0.2f)));
                Part(new(0, 1.3f, -0.6f), new(0, 1.3f, 0.2f), new(0.62f, 0.14f, 0.5f), paint);
                foreach (float wx in (ReadOnlySpan<float>)[-0.8f, 0.8f])
                {
                    foreach (float wz in (ReadOnlySpan<float>)[-1.25f, 1.25f])
                        Part(new(wx, 0.32f, wz), new(wx, 0.32f, wz), new(0.12f, 0.32f, 0.32f),
                            new Material(Surface.Wheel, new Vector3(0.07f)) { Second = new Vector3(0.6f) });
                }
                break;

                void Part(Vector3 a, Vector3 b, Vector3 axes, Material material) =>
                    blobs.Add(new Blob(at + heading.ToWorld(a), at + heading.ToWorld(b), axes, heading, material));
            case "tyre":
                Frame lying = Frame.Turned(rng.Range(0, 6), rng.Chance(0.5f) ? 0 : 1.4f);
                blobs.Add(new Blob(at + Up(0.3f), at + Up(0.3f), new Vector3(0.11f, 0.32f, 0.32f), lying,
                    new Material(Surface.Wheel, new Vector3(0.09f)) { Second = new Vector3(0.5f) }));
                break;
            case "flowers":
                var clay = new Material(Surface.Matt, new Vector3(0.55f, 0.33f, 0.22f));
                blobs.Add(new Blob(at, at + Up(0.35f), new Vector3(0.32f, 0.1f, 0.32f), Frame.World, clay, 0.8f, 1.1f));
                for (int i = rng.Int(6, 14); i > 0; i--)
                    blobs.Add(Blob.Ball(at + new Vector3(0.3f * rng.Range(-1, 1), rng.Range(0.42f, 0.75f),
                        0.3f * rng.Range(-1, 1)), rng.Range(0.05f, 0.12f),
                        new Material(Surface.Leaves, i % 3 == 0 ? new Vector3(0.2f, 0.4f, 0.15f)
                            : colour) { Seed = seed }));
                break;
            default: // bin
                blobs.Add(Blob.Rod(at + Up(0.25f), at + Up(0.8f), 0.25f, new Material(Surface.Matt, colour * 0.6f)));
                blobs.Add(new Blob(at + Up(0.98f), at + Up(0.98f), new Vector3(0.27f, 0.12f, 0.27f), Frame.World,
                    new Material(Surface.Gloss, new Vector3(0.15f))));
                break;
        }
        return blobs;
    }

    private static string Choose(SceneKind kind, Rng rng) => rng.Pick<string>(kind switch
    {
        SceneKind.Street => ["lamp", "lamp", "bollard", "bollard", "sign", "car", "car", "bin", "tree", "flowers"],
        SceneKind.Square => ["lamp", "lamp", "bollard", "flowers", "parasol", "balloons", "bin", "ball", "tree"],
        SceneKind.Park => ["tree", "tree", "bush", "bush", "stones", "ball", "lamp", "bin", "balloons"],
        SceneKind.Drone => ["tree", "bush", "car", "parasol", "stones", "ball", "tyre", "lamp", "flowers"],
        SceneKind.Stands => ["ball", "balloons"],
        SceneKind.Concert => ["balloons", "bin", "lamp", "ball"],
        SceneKind.Hall => ["flowers", "bin", "bollard", "bush", "ball", "balloons"],
        _ => ["parasol", "parasol", "ball", "stones", "stones", "tyre", "balloons"],
    });

    private static Vector3 Up(float metres) => new(0, metres, 0);
}
