using System.Numerics;
using HeadCount.Annotations;

namespace HeadCount.Synthesis;

/// <summary>Renders crowds whose head points are known exactly.</summary>
public static class SceneRenderer
{
    private const float EmptyShare = 0.15f;
    private const float LeastVisible = 0.25f;

    /// <summary>Renders one scene, on the calling thread; the options decide every byte of it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static Scene Render(SceneOptions options) => RenderWithOwners(options, out _, out _);

    /// <summary>Also gives the owner of every pixel (see <see cref="Canvas.Owners"/>) and the owner number of every
    /// head.</summary>
    internal static Scene RenderWithOwners(SceneOptions options, out int[] owners, out int[] headOwners)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        int width = options.Width, height = options.Height;
        var rng = new Rng(Noise.Mix((ulong)options.Seed + 0x5CE4E));
        int people = Number(options, rng.Fork());
        SceneKind kind = options.Kind ?? PickKind(people, rng.Fork());
        bool night = rng.Chance(kind == SceneKind.Concert ? 0.7f : kind == SceneKind.Hall ? 0 : 0.1f);
        var (camera, terrain, reach) = SetUp(kind, people, width, height, rng.Fork());
        Light light = Lighting(kind, night, reach, rng.Fork());

        var canvas = new Canvas(width, height, camera, light);
        float rear = kind == SceneKind.Beach || float.IsInfinity(terrain.Rear) ? 30 * reach : terrain.Rear + 0.6f;
        float side = float.IsInfinity(terrain.Side) ? 1.2f * reach * width / (2 * camera.Focal) : terrain.Side + 0.3f;
        new Backdrop(kind, terrain, night, rear, side, rng.Fork()).Paint(canvas);

        Rng looks = rng.Fork(), things = rng.Fork();
        List<Stance> stances = Layout.Place(kind, camera, terrain, width, height, people, rng.Fork());
        bool cold = things.Chance(kind == SceneKind.Beach ? 0 : 0.4f);
        Vector3? uniform = things.Chance(kind is SceneKind.Stands or SceneKind.Concert ? 0.4f : 0.05f)
            ? Person.Hue(things.Unit(), things.Range(0.2f, 0.95f), things.Range(0.35f, 0.95f)) : null;
        int props = (int)things.LogRange(1, people == 0 ? 60 : 25) - 1;

        // Everything that stands on the ground, the farthest first.
        var order = new List<(float Distance, int Person, Vector3 At)>(stances.Count + props);
        for (int i = 0; i < stances.Count; i++)
            order.Add((Vector3.Distance(camera.Position, stances[i].Feet + new Vector3(0, 1, 0)), i, stances[i].Feet));
        for (int i = 0; i < props; i++)
        {
            if (PropPlace(kind, camera, terrain, width, height, side, things) is { } at)
                order.Add((Vector3.Distance(camera.Position, at + new Vector3(0, 1, 0)), -1, at));
        }
        order.Sort((a, b) => b.Distance.CompareTo(a.Distance));

        foreach (var (_, person, at) in order)
            Shadow(canvas, at, kind, person >= 0);
        var heads = new (Vector2 Centre, float Area)[stances.Count];
        foreach (var (_, person, at) in order)
        {
            if (person < 0)
            {
                List<Blob> prop = Prop.Make(kind, at, night, things.Fork());
                prop.Sort((a, b) => camera.Depth(b.From).CompareTo(camera.Depth(a.From)));
                foreach (Blob blob in prop)
                    canvas.Paint(blob);
                continue;
            }
            float detail = camera.Focal / MathF.Max(0.5f, camera.Depth(at + new Vector3(0, 1, 0)));
            var body = new Person(stances[person], looks.Fork(), uniform, cold, detail);
            float area = 0;
            foreach (Blob blob in body.Sorted(camera))
            {
                canvas.Paint(blob, 2 * (person + 1) + (blob.IsHead ? 1 : 0));
                if (blob.IsHead)
                    area = MathF.Max(area, canvas.Area(blob));
            }
            heads[person] = (camera.Project(body.HeadCentre), area);
        }

        Rng lens = rng.Fork();
        owners = canvas.Owners;
        List<HeadPoint> points = Visible(canvas, heads, out headOwners);
        return new Scene(Lens.Expose(canvas, night, lens), points, kind, lens.Int(55, 95));
    }

    private static int Number(SceneOptions options, Rng rng)
    {
        bool empty = rng.Chance(EmptyShare);
        float number = rng.LogRange(Math.Max(1, options.MinPeople), options.MaxPeople + 0.999f);
        return options.MaxPeople == 0 || (options.MinPeople == 0 && empty) ? 0
            : Math.Clamp((int)number, Math.Max(1, options.MinPeople), options.MaxPeople);
    }

    // Big crowds gather in wide places.
    private static SceneKind PickKind(int people, Rng rng)
    {
        if (people > 400)
            return rng.Pick<SceneKind>([SceneKind.Square, SceneKind.Square, SceneKind.Drone, SceneKind.Stands,
                SceneKind.Concert, SceneKind.Concert, SceneKind.Street]);
        return (SceneKind)rng.Int(0, 7);
    }

    // Chooses how large heads are first, then puts the camera where they come out so.
    private static (Camera Camera, Terrain Terrain, float Reach) SetUp(SceneKind kind, int people, int width,
        int height, Rng rng)
    {
        float roomy = 0.75f * MathF.Sqrt((float)width * height / Math.Max(1, people));
        float head = rng.LogRange(6.5f, Math.Clamp(MathF.Min(roomy, height / 7f), 7, 55));
        float degrees = MathF.PI / 180;
        float fov = rng.Range(26, kind == SceneKind.Drone ? 65 : 58) * degrees;
        float focal = height / 2f / MathF.Tan(fov / 2);
        float pitch = degrees * kind switch
        {
            SceneKind.Street => rng.Range(2, 16),
            SceneKind.Square => rng.Range(6, 32),
            SceneKind.Park => rng.Range(3, 24),
            SceneKind.Drone => rng.Range(38, 88),
            SceneKind.Stands => rng.Range(-10, 10),
            SceneKind.Concert => rng.Range(3, 18),
            SceneKind.Hall => rng.Range(3, 32),
            _ => rng.Range(4, 24),
        };
        float reach = focal * Person.HeadHeight / head, below = rng.Range(0.08f, 0.25f) * height / focal;
        float lift = kind == SceneKind.Stands ? Person.SittingHead : Person.StandingHead;
        float elevation = MathF.Max(1.8f, lift + reach * (MathF.Sin(pitch) + MathF.Cos(pitch) * below));
        if (kind == SceneKind.Stands)
            elevation = rng.Range(1.5f, 3 + 0.4f * reach);
        float roll = rng.Chance(0.4f) ? 2.5f * degrees * rng.Normal() : 0;
        var camera = new Camera(width, height, focal, pitch, roll, elevation);

        float far = reach * rng.LogRange(1.4f, 6), half = reach * width / (2 * focal);
        float none = float.PositiveInfinity;
        Terrain terrain = kind switch
        {
            SceneKind.Street => new(0, none, far * 2, MathF.Max(3, half * rng.Range(0.8f, 2))),
            SceneKind.Hall => new(0, none, far * 1.3f, MathF.Max(4, half * rng.Range(1, 2.5f))),
            SceneKind.Drone => new(0, none, none, none),
            SceneKind.Stands => Rows(),
            _ => new(0, none, far, none),
        };
        return (camera, terrain, reach);

        // Rows that pass under the reference head.
        Terrain Rows()
        {
            float slope = rng.Range(0.4f, 0.65f);
            Vector3 point = camera.Position + reach * camera.Ray(width / 2f, height / 2f + below * focal);
            float start = MathF.Max(0.35f * reach, point.Z - MathF.Max(0, point.Y - lift) / slope);
            return new Terrain(slope, start, MathF.Max(point.Z + 3, start + Terrain.RowDepth * rng.Int(8, 45)), none);
        }
    }

    private static Light Lighting(SceneKind kind, bool night, float reach, Rng rng)
    {
        var direction = Vector3.Normalize(new Vector3(rng.Range(-1, 1), rng.Range(0.35f, 1.2f),
            rng.Range(-1.1f, 0.5f)));
        bool sunny = !night && kind != SceneKind.Hall && rng.Chance(0.55f);
        var warm = new Vector3(1, rng.Range(0.88f, 0.98f), rng.Range(0.72f, 0.95f));
        Vector3 sun = (sunny ? rng.Range(0.5f, 0.75f) : rng.Range(0.1f, 0.3f)) * warm;
        Vector3 ambient = (sunny ? rng.Range(0.52f, 0.66f) : rng.Range(0.76f, 0.92f)) * new Vector3(0.95f, 0.98f,
            1.05f);
        var haze = new Vector3(0.78f, 0.82f, 0.86f);
        if (night)
        {
            bool stage = kind == SceneKind.Concert;
            sun = rng.Range(0.25f, 0.6f) * (stage ? Person.Hue(rng.Unit(), rng.Range(0.1f, 0.6f), 1)
                : new Vector3(1, 0.85f, 0.6f));
            ambient = rng.Range(0.38f, 0.62f) * new Vector3(0.9f, 0.92f, 1.1f);
            haze = stage ? 0.16f * Person.Hue(rng.Unit(), 0.4f, 1) : new Vector3(0.1f, 0.1f, 0.13f);
            if (stage)
                direction = Vector3.Normalize(new Vector3(rng.Range(-0.5f, 0.5f), 0.6f, rng.Range(0.2f, 1)));
        }
        return new Light(direction, sun, ambient, haze, reach * rng.LogRange(5, 80));
    }

    private static Vector3? PropPlace(SceneKind kind, Camera camera, Terrain terrain, int width, int height,
        float side, Rng rng)
    {
        Vector3 ray = camera.Ray(rng.Unit() * width, rng.Unit() * height * 1.1f);
        if (terrain.Hit(camera.Position, ray, 0) is not { } depth)
            return null;
        Vector3 at = camera.Position + depth * ray;
        if (kind == SceneKind.Street && rng.Chance(0.7f)) // along the kerb
            at.X = MathF.CopySign(side * rng.Range(0.7f, 0.95f), at.X);
        bool near = camera.Depth(at + new Vector3(0, 1.5f, 0)) < camera.Focal * 0.004f;
        return !near && terrain.Holds(at) && at.Z < terrain.Start ? at : null;
    }

    private static void Shadow(Canvas canvas, Vector3 feet, SceneKind kind, bool person)
    {
        Light light = canvas.Light;
        float strength = Math.Clamp(light.Sun.Y / (light.Sun.Y + light.Ambient.Y) * 1.1f, 0.15f, 0.55f);
        Vector3 cast = kind is SceneKind.Stands or SceneKind.Hall || strength < 0.35f ? Vector3.Zero
            : new Vector3(-light.Direction.X, 0, -light.Direction.Z) / light.Direction.Y * 1.5f;
        if (cast.Length() > 2.6f)
            cast *= 2.6f / cast.Length();
        var dark = new Material(Surface.Shadow, new Vector3(0.1f, 0.12f, 0.2f)) { Amount = strength };
        Vector3 ground = feet + new Vector3(0, 0.01f, 0);
        canvas.Paint(new Blob(ground, ground + cast, new Vector3(0.3f, 0.01f, 0.3f), Frame.World, dark, person ? 0.8f
            : 1, 1));
    }

    /// <summary>The points of the heads, given as centre and unhidden area, that show enough of themselves.</summary>
    internal static List<HeadPoint> Visible(Canvas canvas, (Vector2 Centre, float Area)[] heads, out int[] headOwners)
    {
        int[] owners = canvas.Owners;
        var seen = new (int Pixels, float X, float Y)[heads.Length];
        for (int at = 0; at < owners.Length; at++)
        {
            if ((owners[at] & 1) == 0)
                continue;
            ref var head = ref seen[owners[at] / 2 - 1];
            head = (head.Pixels + 1, head.X + at % canvas.Width, head.Y + at / canvas.Width);
        }
        var points = new List<HeadPoint>(heads.Length);
        var numbers = new List<int>(heads.Length);
        var nearest = new Dictionary<int, (float Distance, int At)>();
        var wanted = new Dictionary<int, Vector2>();
        for (int i = 0; i < heads.Length; i++)
        {
            if (seen[i].Pixels == 0 || seen[i].Pixels < LeastVisible * heads[i].Area)
                continue;
            int owner = 2 * (i + 1) + 1;
            Vector2 centre = heads[i].Centre;
            numbers.Add(owner);
            points.Add(new HeadPoint(centre.X, centre.Y));
            bool inside = centre.X >= 0 && centre.Y >= 0 && centre.X < canvas.Width && centre.Y < canvas.Height;
            if (!inside || owners[(int)centre.Y * canvas.Width + (int)centre.X] != owner)
                wanted[owner] = new Vector2(seen[i].X, seen[i].Y) / seen[i].Pixels;
        }
        // Centres that are hidden: the visible pixel nearest to the middle of what shows.
        for (int at = 0; wanted.Count > 0 && at < owners.Length; at++)
        {
            if ((owners[at] & 1) == 0 || !wanted.TryGetValue(owners[at], out Vector2 middle))
                continue;
            float distance = Vector2.DistanceSquared(middle, new Vector2(at % canvas.Width, at / canvas.Width));
            if (!nearest.TryGetValue(owners[at], out var best) || distance < best.Distance)
                nearest[owners[at]] = (distance, at);
        }
        for (int i = 0; i < points.Count; i++)
        {
            if (nearest.TryGetValue(numbers[i], out var best))
                points[i] = new HeadPoint(best.At % canvas.Width + 0.5, best.At / canvas.Width + 0.5);
        }
        headOwners = [.. numbers];
        return points;
    }
}
