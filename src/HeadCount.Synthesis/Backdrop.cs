using System.Numerics;

namespace HeadCount.Synthesis;

internal enum Ground { Paving, Asphalt, Grass, Sand, Cobbles, Leaves, Floor, Water, Seats }

internal enum Wall { None, Houses, Trees, Stage, Panels, Sea }

/// <summary>What lies behind the people: sky, walls and ground, looked up by the ray through every pixel.</summary>
internal sealed class Backdrop
{
    private readonly SceneKind _kind;
    private readonly Terrain _terrain;
    private readonly Ground _ground, _second;
    private readonly Wall _rear, _flank;
    private readonly float _rearZ, _flankX, _road, _turn, _split, _storey, _tile, _cloud, _lit, _height;
    private readonly Vector3 _zenith, _horizon, _tint, _tint2;
    private readonly uint _seed;
    private readonly List<(float X, float Lean, float Width, Vector3 Colour)> _beams = [];

    internal Backdrop(SceneKind kind, Terrain terrain, bool night, float rearZ, float flankX, Rng rng)
    {
        (_kind, _terrain, _rearZ, _flankX) = (kind, terrain, rearZ, flankX);
        _seed = (uint)rng.Next();
        (_ground, _second) = kind switch
        {
            SceneKind.Street => (Ground.Paving, Ground.Asphalt),
            SceneKind.Square => (rng.Pick<Ground>([Ground.Paving, Ground.Cobbles, Ground.Asphalt]), Ground.Paving),
            SceneKind.Park => (rng.Chance(0.75f) ? Ground.Grass : Ground.Leaves,
                rng.Pick<Ground>([Ground.Sand, Ground.Asphalt, Ground.Paving])),
            SceneKind.Drone => (rng.Pick<Ground>([Ground.Paving, Ground.Asphalt, Ground.Grass, Ground.Sand,
                Ground.Cobbles, Ground.Leaves]),
                rng.Pick<Ground>([Ground.Grass, Ground.Paving, Ground.Asphalt, Ground.Water])),
            SceneKind.Stands => (rng.Chance(0.5f) ? Ground.Grass : Ground.Asphalt, Ground.Seats),
            SceneKind.Concert => (rng.Chance(0.5f) ? Ground.Grass : Ground.Asphalt, Ground.Asphalt),
            SceneKind.Hall => (Ground.Floor, Ground.Floor),
            _ => (Ground.Sand, Ground.Water),
        };
        (_rear, _flank) = kind switch
        {
            SceneKind.Street => (rng.Chance(0.6f) ? Wall.Houses : Wall.Trees, rng.Chance(0.75f) ? Wall.Houses
                : Wall.Trees),
            SceneKind.Square => (rng.Chance(0.8f) ? Wall.Houses : Wall.Trees, Wall.None),
            SceneKind.Park => (rng.Chance(0.8f) ? Wall.Trees : Wall.Houses, Wall.None),
            SceneKind.Stands => (rng.Chance(0.5f) ? Wall.Panels : Wall.None, Wall.None),
            SceneKind.Concert => (Wall.Stage, Wall.None),
            SceneKind.Hall => (Wall.Panels, Wall.Panels),
            SceneKind.Beach => (rng.Chance(0.3f) ? Wall.Houses : Wall.None, Wall.None),
            _ => (Wall.None, Wall.None),
        };
        _road = rng.Range(0.3f, 0.75f) * flankX;
        _turn = rng.Range(0, MathF.PI);
        _split = rng.Range(-1.2f, 1.2f) * flankX;
        _storey = rng.Range(2.9f, 4.2f);
        _tile = rng.LogRange(0.25f, 1.6f);
        _cloud = rng.Range(0.2f, 0.9f);
        _lit = night ? rng.Range(0.2f, 0.7f) : rng.Range(0, 0.12f);
        _height = kind == SceneKind.Hall ? rng.Range(4, 9) : rng.Range(6, 22);
        _tint = Person.Hue(rng.Range(0.02f, 0.16f), rng.Range(0.02f, 0.4f), rng.Range(0.45f, 0.85f));
        _tint2 = Person.Hue(rng.Unit(), rng.Range(0.1f, 0.75f), rng.Range(0.3f, 0.9f));
        (_zenith, _horizon) = night
            ? (new Vector3(0.03f, 0.04f, 0.09f), new Vector3(0.13f, 0.12f, 0.16f))
            : rng.Chance(0.5f)
                ? (new Vector3(0.25f, 0.46f, 0.78f) * rng.Range(0.8f, 1.1f), new Vector3(0.75f, 0.84f, 0.93f))
                : (new Vector3(0.62f, 0.66f, 0.70f) * rng.Range(0.8f, 1.1f), new Vector3(0.86f, 0.87f, 0.88f));
        if (kind == SceneKind.Concert)
        {
            for (int i = rng.Int(3, 8); i > 0; i--)
                _beams.Add((rng.Range(-1, 1), rng.Range(-0.7f, 0.7f), rng.Range(0.03f, 0.1f),
                    Person.Hue(rng.Unit(), rng.Range(0.2f, 0.9f), 1)));
        }
    }

    /// <summary>Width and height of the stage's opening, metres.</summary>
    private float StageHalfWidth => MathF.Max(5, 0.45f * _rearZ);

    internal void Paint(Canvas canvas)
    {
        Camera camera = canvas.Camera;
        Vector3 eye = camera.Position;
        float perPixel = 1 / camera.Focal;
        for (int y = 0; y < canvas.Height; y++)
        {
            for (int x = 0; x < canvas.Width; x++)
            {
                Vector3 ray = camera.Ray(x + 0.5f, y + 0.5f);
                float depth = float.PositiveInfinity;
                Vector3 colour = default;
                if (_terrain.Hit(eye, ray, 0) is { } hit)
                {
                    depth = hit;
                    Vector3 p = eye + hit * ray;
                    float slant = MathF.Max(0.02f, MathF.Abs(ray.Y - _terrain.Slope * (p.Z > _terrain.Start ? ray.Z
                        : 0)) / ray.Length());
                    colour = GroundAt(p, hit * perPixel, hit * perPixel / slant);
                }
                if (_rear != Wall.None && ray.Z > 0.01f && _rearZ / ray.Z is var t && t < depth)
                {
                    Vector3 p = eye + t * ray;
                    if (WallAt(_rear, p.X, p.Y, t * perPixel, t * perPixel, 0) is { } wall
                        && (_flank == Wall.None || MathF.Abs(p.X) < _flankX))
                        (depth, colour) = (t, wall);
                }
                if (_flank != Wall.None && MathF.Abs(ray.X) > 1e-3f && _flankX / MathF.Abs(ray.X) is var s && s < depth)
                {
                    Vector3 p = eye + s * ray;
                    if (p.Z < _rearZ && WallAt(_flank, p.Z, p.Y, s * perPixel * MathF.Max(1, MathF.Abs(ray.Z / ray.X)),
                        s * perPixel,
                        ray.X < 0 ? 1u : 2u) is { } wall)
                        (depth, colour) = (s, wall * (ray.X < 0 ? 0.92f : 0.78f));
                }
                if (_kind == SceneKind.Hall && ray.Y > 0.01f && (_height - eye.Y) / ray.Y is var up && up > 0
                    && up < depth)
                    (depth, colour) = (up, Ceiling(eye + up * ray, up * perPixel));
                canvas.Colours[y * canvas.Width + x] = float.IsInfinity(depth) ? Sky(ray)
                    : canvas.Hazed(colour * canvas.Light.Ambient
                    + colour * canvas.Light.Sun * MathF.Max(0.25f, canvas.Light.Direction.Y), depth);
            }
        }
        if (_beams.Count > 0)
            Beams(canvas);
    }

    private Vector3 Sky(Vector3 ray)
    {
        ray = Vector3.Normalize(ray);
        Vector3 colour = Vector3.Lerp(_horizon, _zenith, Noise.Step(-0.1f, 0.7f, ray.Y));
        float high = MathF.Max(ray.Y, 0.03f) + 0.1f;
        float cloud = Noise.Fractal(ray.X / high * 1.3f, ray.Z / high * 2.5f, _seed);
        return Vector3.Lerp(colour, _horizon * 1.08f, _cloud * Noise.Step(0.45f, 0.75f, cloud));
    }

    private Vector3 GroundAt(Vector3 p, float fineX, float fineZ)
    {
        if (_kind == SceneKind.Stands)
            return p.Z > _terrain.Start ? Seats(p, fineX, fineZ) : GroundOf(_ground, p, fineX, fineZ);
        float wobble = 0.35f * _road * (Noise.Value(p.Z / (2 * _road + 1), 0, _seed + 40) - 0.5f);
        switch (_kind)
        {
            case SceneKind.Street:
                float kerb = MathF.Abs(p.X) - _road;
                if (kerb > 0.15f)
                    return GroundOf(_ground, p, fineX, fineZ);
                if (kerb > 0)
                    return new Vector3(0.62f);
                Vector3 road = GroundOf(_second, p, fineX, fineZ);
                float line = Noise.Bars(p.X / (2 * _road) + 0.03f / _road, 0.06f / _road,
                    fineX / (2 * _road)) * Noise.Bars(p.Z / 6, 0.5f, fineZ / 6);
                return Vector3.Lerp(road, new Vector3(0.85f), 0.8f * MathF.Min(1, line));
            case SceneKind.Park:
                return GroundOf(MathF.Abs(p.X - 0.4f * _split + wobble * 3) < 0.5f * _road ? _second
                    : _ground, p, fineX, fineZ);
            case SceneKind.Drone:
                var (sin, cos) = MathF.SinCos(_turn);
                float across = p.X * cos + (p.Z - 0.6f * _flankX) * sin - _split + wobble;
                if (across < 0)
                    return GroundOf(_ground, p, fineX, fineZ);
                return across < 0.3f ? new Vector3(0.66f) : GroundOf(_second, p, fineX, fineZ);
            case SceneKind.Beach:
                float shore = _terrain.Rear - 1.5f + 2 * (Noise.Value(p.X / 7, 0, _seed + 41) - 0.5f);
                if (p.Z < shore)
                    return GroundOf(Ground.Sand, p, fineX, fineZ) * (1 - 0.25f * Noise.Step(shore - 2, shore, p.Z));
                return p.Z < shore + 0.5f ? new Vector3(0.88f, 0.9f, 0.9f) : GroundOf(Ground.Water, p, fineX, fineZ);
            default:
                return GroundOf(_ground, p, fineX, fineZ);
        }
    }

    private Vector3 GroundOf(Ground ground, Vector3 p, float fineX, float fineZ)
    {
        float patch = Noise.Fractal(p.X * 0.17f, p.Z * 0.17f, _seed + 20);
        float coarse = Fade(1.5f, fineX, fineZ) * (Noise.Value(p.X * 1.5f, p.Z * 1.5f, _seed + 21) - 0.5f);
        float fine = Fade(14, fineX, fineZ) * (Noise.Value(p.X * 14, p.Z * 14, _seed + 22) - 0.5f);
        switch (ground)
        {
            case Ground.Grass:
                return new Vector3(0.32f + 0.2f * patch, 0.47f + 0.08f * patch,
                    0.2f) * (1 + 0.25f * coarse + 0.5f * fine);
            case Ground.Leaves:
                Vector3 turf = new Vector3(0.33f, 0.36f, 0.17f) * (1 + 0.5f * coarse + 0.5f * fine);
                float u = p.X * 5, v = p.Z * 5;
                float leaf = Dot(u, v, 0.33f, out float hue) * Fade(5, fineX, fineZ) * Noise.Step(0.25f, 0.6f,
                    patch + 0.2f);
                return Vector3.Lerp(turf, Person.Hue(0.04f + 0.1f * hue, 0.75f, 0.45f + 0.4f * hue), leaf);
            case Ground.Sand:
                return new Vector3(0.80f, 0.71f, 0.55f) * (0.9f + 0.14f * patch + 0.08f * coarse + 0.12f * fine);
            case Ground.Water:
                float wave = MathF.Sin(p.Z * 2.2f + 3 * Noise.Value(p.X * 0.4f, p.Z * 0.7f, _seed + 23)) * Fade(1.2f,
                    fineX, fineZ);
                return new Vector3(0.22f, 0.40f, 0.48f) * (1 + 0.18f * wave + 0.3f * coarse + 0.15f * (patch - 0.5f));
            case Ground.Cobbles:
                float stone = Dot(p.X * 6, p.Z * 6, 0.5f, out float shade), visible = Fade(6, fineX, fineZ);
                return _tint * (0.55f + 0.1f * patch + visible * (0.3f * stone + 0.15f * shade - 0.1f)
                    + (1 - visible) * 0.15f);
            case Ground.Asphalt:
                return new Vector3(0.36f, 0.36f, 0.38f) * (0.95f + 0.3f * patch + 0.08f * coarse + 0.22f * fine);
            case Ground.Floor:
            case Ground.Paving:
            default:
                float size = ground == Ground.Floor ? 2 * _tile : _tile;
                float grout = 1 - (1 - Noise.Bars(p.X / size, 0.04f, fineX / size))
                    * (1 - Noise.Bars(p.Z / size, 0.04f, fineZ / size));
                float cell = Noise.Cell((int)MathF.Floor(p.X / size), (int)MathF.Floor(p.Z / size), _seed + 24) - 0.5f;
                Vector3 slab = Vector3.Lerp(_tint, new Vector3(0.66f),
                    0.55f) * (0.9f + 0.15f * patch + 0.12f * coarse + 0.1f * fine
                    + (ground == Ground.Floor ? 0.05f : 0.16f) * cell * Fade(1 / size, fineX, fineZ));
                return slab * (1 - 0.4f * grout);
        }
    }

    // Jittered round spots on a unit grid: 1 inside, 0 outside.
    private float Dot(float u, float v, float radius, out float hue)
    {
        int cu = (int)MathF.Floor(u), cv = (int)MathF.Floor(v);
        uint hash = Noise.Hash(cu, cv, _seed + 25);
        float jitter = 0.5f - MathF.Min(radius, 0.45f);
        float du = u - cu - 0.5f - jitter * ((hash & 255) / 127.5f - 1),
            dv = v - cv - 0.5f - jitter * ((hash >> 8 & 255) / 127.5f - 1);
        hue = (hash >> 16 & 255) / 255f;
        return Noise.Step(radius, radius * 0.7f, MathF.Sqrt(du * du + dv * dv));
    }

    // How much of a texture of a frequency (per metre) is left at a pixel's footprint.
    private static float Fade(float frequency, float fineX, float fineZ)
    {
        float x = frequency * fineX, z = frequency * fineZ;
        return 1 / (1 + x * x + z * z);
    }

    private Vector3 Seats(Vector3 p, float fineX, float fineZ)
    {
        float row = (p.Z - _terrain.Start) / Terrain.RowDepth;
        float aisle = Noise.Bars(p.X / 9 + 0.5f, 0.12f, fineX / 9);
        float seat = Noise.Bars(row + 0.1f, 0.6f, fineZ / Terrain.RowDepth) * Noise.Bars(p.X / 0.52f, 0.85f,
            fineX / 0.52f);
        float worn = 0.85f + 0.3f * Noise.Cell((int)MathF.Floor(p.X / 0.52f), (int)MathF.Floor(row),
            _seed + 26) * Fade(1, fineX, fineZ);
        Vector3 concrete = new Vector3(0.56f, 0.55f, 0.53f) * (0.7f
            + 0.4f * Noise.Bars(row, 0.7f, fineZ / Terrain.RowDepth));
        return Vector3.Lerp(concrete, _tint2 * worn, MathF.Min(1, seat) * (1 - MathF.Min(1, aisle)));
    }

    private Vector3? WallAt(Wall wall, float u, float v, float fineU, float fineV, uint side)
    {
        switch (wall)
        {
            case Wall.Houses:
                return House(u, v, fineU, fineV, side);
            case Wall.Trees:
                float crown = _height * 0.5f * (0.5f + 0.5f * Noise.Value(u / 5, side, _seed + 30)
                    + 0.2f * Noise.Value(u, v * 0.3f, _seed + 31)
                    + 0.06f * Noise.Value(u * 4, v * 2, _seed + 34));
                if (v > crown)
                    return null;
                float leaf = Noise.Fractal(u * 0.6f + v * 0.2f, v * 0.6f - u * 0.2f, _seed + 32)
                    + 0.5f * Fade(4, fineU, fineV) * (Noise.Value(u * 3.4f + v * 2, v * 3.4f - u * 2, _seed + 33)
                        - 0.5f)
                    + 0.7f * Fade(15, fineU, fineV) * (Noise.Value(u * 13 - v * 7, v * 13 + u * 7, _seed + 35) - 0.5f);
                return new Vector3(0.18f, 0.29f, 0.13f) * (0.4f + leaf + 0.3f * v / MathF.Max(1, crown));
            case Wall.Stage:
                return Stage(u, v, fineU, fineV);
            default: // panels of an indoor wall or behind the last row
                if (v > _height && _kind != SceneKind.Hall)
                    return null;
                float joint = Noise.Bars(u / 2.4f, 0.02f, fineU / 2.4f)
                    + Noise.Bars(v / _storey, 0.03f, fineV / _storey);
                Vector3 panel = Vector3.Lerp(_tint, new Vector3(0.75f), 0.4f);
                if (v < 2.6f && Noise.Cell((int)MathF.Floor(u / 4.8f), 1, _seed + side) > 0.5f)
                {
                    float shop = (u / 4.8f - MathF.Floor(u / 4.8f));
                    if (shop is > 0.08f and < 0.92f)
                        panel = Vector3.Lerp(_tint2, new Vector3(0.95f, 0.92f, 0.8f),
                            0.35f + 0.5f * Noise.Value(u * 2, v * 2, _seed + 35));
                }
                return Sign(panel * (1 - 0.3f * MathF.Min(1, joint)), u, v, 2.8f, 0.8f, fineU, side);
        }
    }

    private Vector3? House(float u, float v, float fineU, float fineV, uint side)
    {
        float plot = 6 + 2.2f * _storey;
        int number = (int)MathF.Floor(u / plot);
        uint hash = Noise.Hash(number, (int)side, _seed + 50);
        float height = _storey * (2 + (hash & 3) + (_height > 14 ? hash >> 2 & 3 : 0)) + 0.4f;
        if (v > height || v < -1)
            return null;
        float tone = (hash >> 8 & 255) / 255f, warmth = (hash >> 16 & 255) / 255f;
        Vector3 plaster = Person.Hue(0.02f + 0.11f * warmth, 0.08f + 0.35f * tone * warmth, 0.5f + 0.4f * (1 - tone));
        if ((hash >> 24 & 3) == 0) // brick courses
            plaster *= 0.85f + 0.2f * Noise.Bars(v / 0.24f, 0.8f, fineV / 0.24f);
        plaster *= 0.92f + 0.16f * Noise.Value(u * 0.7f, v * 0.7f, _seed + 51);
        if (v > height - 0.4f)
            return plaster * 0.6f;
        float pitch = 1.7f + 1.6f * ((hash >> 26 & 7) / 7f), wide = 0.4f + 0.25f * tone;
        float gu = (u - number * plot) / pitch, gv = v / _storey;
        float window = MathF.Min(1, Noise.Bars(gu - 0.5f + wide / 2, wide, fineU / pitch)) * MathF.Min(1,
            Noise.Bars(gv - 0.25f, 0.5f, fineV / _storey));
        int cellU = (int)MathF.Floor(gu), cellV = (int)MathF.Floor(gv);
        float cell = Noise.Cell(cellU + number * 64, cellV, _seed + 52 + side);
        Vector3 glass = cell < _lit ? new Vector3(0.98f, 0.85f, 0.55f)
            : Vector3.Lerp(new Vector3(0.12f, 0.15f, 0.18f), _horizon, 0.15f + 0.35f * cell);
        float frame = Fade(1 / pitch * 4, fineU, fineV) * MathF.Min(1,
            Noise.Bars(gu * 2 - 0.03f, 0.06f, 2 * fineU / pitch));
        glass = Vector3.Lerp(glass, new Vector3(0.8f), 0.5f * frame);
        if (v < _storey) // shop fronts
        {
            float open = MathF.Min(1, Noise.Bars(gu / 2 + 0.04f, 0.9f, fineU / pitch / 2)) * (v < _storey * 0.72f ? 1
                : 0);
            float goods = Noise.Cell((int)MathF.Floor(u * 2.2f), (int)MathF.Floor(v * 1.6f), _seed + 53);
            Vector3 ware = Person.Hue(Noise.Cell((int)MathF.Floor(u * 2.2f), (int)MathF.Floor(v * 1.6f), _seed + 54),
                0.4f, 0.75f);
            Vector3 display = Vector3.Lerp(new Vector3(0.2f, 0.21f, 0.23f), new Vector3(0.95f, 0.86f, 0.68f),
                0.25f + _lit);
            display = Vector3.Lerp(display, ware, goods > 0.55f ? 0.3f * Fade(1, fineU, fineV)
                : 0) * (0.75f + 0.35f * Noise.Value(u * 0.8f, v * 1.5f, _seed + 55));
            return Sign(Vector3.Lerp(plaster * 0.75f, display, open), u, v, _storey * 0.74f, _storey * 0.2f, fineU,
                side + hash % 7);
        }
        return Vector3.Lerp(plaster, glass, window);
    }

    // A board with rows of small strokes that look like lettering.
    private Vector3 Sign(Vector3 wall, float u, float v, float bottom, float tall, float fine, uint seed)
    {
        int board = (int)MathF.Floor(u / 5);
        uint hash = Noise.Hash(board, 7, _seed + 60 + seed);
        float inside = u / 5 - board;
        if (v < bottom || v > bottom + tall || (hash & 3) == 0 || inside is < 0.08f or > 0.92f)
            return wall;
        Vector3 back = Person.Hue((hash >> 4 & 255) / 255f, 0.7f, 0.25f + (hash >> 12 & 255) / 400f);
        float letter = tall * 0.65f, gu = u / letter;
        float cu = gu - MathF.Floor(gu), cv = (v - bottom) / tall;
        bool stroke = cu < 0.75f && cv is > 0.2f and < 0.8f
            && Noise.Cell((int)(cu * 4) + 4 * (int)MathF.Floor(gu), (int)((cv - 0.2f) * 8.3f), hash) > 0.42f;
        return stroke ? Vector3.Lerp(back, new Vector3(0.95f, 0.95f, 0.88f),
            1 / (1 + 16 * fine * fine / (letter * letter))) : back;
    }

    private Vector3? Stage(float u, float v, float fineU, float fineV)
    {
        float half = StageHalfWidth, roof = half * 0.75f;
        if (MathF.Abs(u) > half || v > roof + 1)
            return MathF.Abs(u) < half * 2.2f && v < roof * 0.5f ? new Vector3(0.06f) : null;
        if (v < 1.6f)
            return new Vector3(0.12f) * (0.7f + 0.6f * Noise.Bars(u / 1.2f, 0.92f, fineU / 1.2f));
        if (v > roof) // lamps on the truss
            return Vector3.Lerp(new Vector3(0.15f), new Vector3(2.2f, 2, 1.7f), Noise.Step(0.4f, 0.25f,
                new Vector2(u / 0.9f - MathF.Floor(u / 0.9f) - 0.5f, v - roof - 0.5f).Length()));
        Vector3 back = Vector3.Lerp(_tint2, new Vector3(0.1f, 0.1f, 0.2f),
            0.55f + 0.4f * (v / roof)) * (0.4f + 1.1f * Noise.Value(u / half * 2.5f, v / roof * 2, _seed + 61));
        float screen = MathF.Abs(MathF.Abs(u) - half * 0.68f);
        if (screen < half * 0.22f && v > roof * 0.35f && v < roof * 0.85f)
            back = Person.Hue(0.3f * Noise.Value(u * 0.5f, v * 0.8f, _seed + 62) + (_seed & 7) / 9f, 0.5f,
                0.35f + 0.7f * Noise.Fractal(u * 1.5f, v * 1.5f, _seed + 63));
        return back * 1.4f;
    }

    private static Vector3 Ceiling(Vector3 p, float fine)
    {
        float u = p.X / 3, v = p.Z / 3;
        float lamp = new Vector2(u - MathF.Floor(u) - 0.5f, v - MathF.Floor(v) - 0.5f).Length();
        Vector3 panel = new Vector3(0.62f, 0.61f, 0.59f) * (1 - 0.2f * MathF.Min(1,
            Noise.Bars(p.X / 1.5f, 0.04f, fine / 1.5f)));
        return Vector3.Lerp(panel, new Vector3(1.5f, 1.45f, 1.3f), Noise.Step(0.17f, 0.12f, lamp));
    }

    private void Beams(Canvas canvas)
    {
        foreach (var (x, lean, width, colour) in _beams)
        {
            var lamp = new Vector3(x * StageHalfWidth, StageHalfWidth * 0.75f, _rearZ - 0.1f);
            Vector2 source = canvas.Camera.Project(lamp);
            var (sin, cos) = MathF.SinCos(lean);
            for (int row = Math.Max(0, (int)source.Y); row < canvas.Height; row++)
            {
                for (int column = 0; column < canvas.Width; column++)
                {
                    Vector2 d = new Vector2(column + 0.5f, row + 0.5f) - source;
                    float along = d.X * sin + d.Y * cos, across = MathF.Abs(d.X * cos - d.Y * sin);
                    if (along <= 0 || across > width * along + 2)
                        continue;
                    float strength = Noise.Step(width * along + 2, 0,
                        across) * MathF.Exp(-along / (0.8f * canvas.Height));
                    canvas.Colours[row * canvas.Width + column] += 0.35f * strength * colour;
                }
            }
        }
    }
}
