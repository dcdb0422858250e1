using System.Numerics;

namespace HeadCount.Synthesis;

/// <summary>Where people stand: scattered, in groups, in queues, in dense blocks or in rows of seats.</summary>
internal sealed class Layout
{
    /// <summary>Heights of heads that scenes show, in pixels.</summary>
    internal const float SmallestHead = 4, LargestHead = 80;

    private readonly Camera _camera;
    private readonly Terrain _terrain;
    private readonly Rng _rng;
    private readonly int _width, _height, _wanted;
    private readonly float _headLift, _top, _depthBias;
    private readonly bool _rows;
    private readonly uint _mask;
    private readonly float _maskScale, _maskLevel;
    private readonly Dictionary<(int, int), List<Vector2>> _taken = [];
    private readonly List<Stance> _stances;
    private float _spacing;

    private Layout(SceneKind kind, Camera camera, Terrain terrain, int width, int height, int wanted, Rng rng)
    {
        (_camera, _terrain, _rng, _width, _height, _wanted) = (camera, terrain, rng, width, height, wanted);
        _rows = kind == SceneKind.Stands;
        _headLift = _rows ? Person.SittingHead : Person.StandingHead;
        _spacing = rng.Range(0.42f, 0.8f);
        _top = rng.Chance(0.3f) ? rng.Range(0, 0.4f) : 0;
        _depthBias = rng.Range(0, 0.7f);
        _mask = (uint)rng.Next();
        _maskScale = rng.Range(2, 6);
        _maskLevel = rng.Chance(0.4f) ? 0 : rng.Range(0.3f, 0.6f);
        _stances = new List<Stance>(wanted);
    }

    internal static List<Stance> Place(SceneKind kind, Camera camera, Terrain terrain, int width, int height,
        int wanted, Rng rng)
    {
        var layout = new Layout(kind, camera, terrain, width, height, wanted, rng);
        layout.Fill(kind);
        return layout._stances;
    }

    private void Fill(SceneKind kind)
    {
        // How people stand here: weights of scattered, groups, queues, blocks.
        float[] weights = kind switch
        {
            SceneKind.Stands => [1, 0, 0, 0],
            SceneKind.Concert => [0.1f, 0.1f, 0, 1],
            SceneKind.Hall => [0.5f, 0.6f, 0.7f, 0.3f],
            SceneKind.Beach or SceneKind.Park => [0.4f, 1, 0.05f, 0.15f],
            SceneKind.Street => [0.8f, 0.6f, 0.2f, 0.3f],
            _ => [0.6f, 0.6f, 0.25f, 0.4f],
        };
        for (int i = 0; i < weights.Length; i++)
            weights[i] *= _rng.Range(0.2f, 1);
        float common = kind == SceneKind.Concert ? (_rng.Chance(0.6f) ? 0 : MathF.PI) : _rng.Range(0, 2 * MathF.PI);
        if (_rows)
            common = MathF.PI;
        float cheer = kind switch
        {
            SceneKind.Concert => _rng.Range(0, 0.35f),
            SceneKind.Stands => _rng.Chance(0.4f) ? _rng.Range(0, 0.2f) : 0.02f,
            _ => 0.012f,
        };
        int refused = 0;
        // The limit only matters for frames too small to hold anybody.
        for (int tries = 0; _stances.Count < _wanted && tries < 1000 * (_wanted + 100); tries++)
        {
            // Where the ground is full, people move closer; the mask's bare patches fill last.
            if (refused > 150)
            {
                _spacing *= 0.9f;
                refused = 0;
            }
            if (Anchor(_spacing > 0.3f) is not { } anchor)
            {
                refused += 10;
                continue;
            }
            int before = _stances.Count;
            switch (Choose(weights))
            {
                case 1:
                    Group(anchor, cheer);
                    break;
                case 2:
                    Queue(anchor);
                    break;
                case 3:
                    Block(anchor, common, cheer);
                    break;
                default:
                    bool walks = !_rows && kind != SceneKind.Concert && _rng.Chance(0.7f);
                    float yaw = _rows || kind == SceneKind.Concert ? common + 0.15f * _rng.Normal()
                        : kind == SceneKind.Street && _rng.Chance(0.7f)
                            ? (_rng.Chance(0.5f) ? 0 : MathF.PI) + 0.3f * _rng.Normal()
                        : _rng.Range(0, 2 * MathF.PI);
                    Put(anchor, yaw, walks ? Posture.Walking : Posture.Standing, cheer);
                    break;
            }
            refused = _stances.Count > before ? Math.Max(0, refused - 3) : refused + 1;
        }
    }

    private int Choose(float[] weights)
    {
        float at = _rng.Unit() * weights.Sum();
        for (int i = 0; i < weights.Length; i++)
        {
            if ((at -= weights[i]) < 0)
                return i;
        }
        return 0;
    }

    // A place on the ground whose head would be seen; between evenly over the picture and evenly over the ground.
    private Vector2? Anchor(bool masked)
    {
        float x = _rng.Range(-0.02f, 1.02f) * _width, y = _rng.Range(_top, 1.03f) * _height;
        if (_terrain.Hit(_camera.Position, _camera.Ray(x, y), _headLift) is not { } depth)
            return null;
        float head = _camera.Focal * Person.HeadHeight / depth;
        if (head < SmallestHead || head > LargestHead)
            return null;
        if (_rng.Unit() > MathF.Pow(SmallestHead / head, _depthBias))
            return null;
        if (masked && Noise.Value(x / _width * _maskScale, y / _height * _maskScale, _mask) < _maskLevel)
            return null;
        Vector3 point = _camera.Position + depth * _camera.Ray(x, y);
        return _terrain.Holds(point) ? new Vector2(point.X, point.Z) : null;
    }

    private void Group(Vector2 centre, float cheer)
    {
        int members = _rng.Int(2, 6);
        bool facing = _rng.Chance(0.6f);
        float radius = facing ? 0.35f + 0.12f * members : 0.3f * members, yaw = _rng.Range(0, 2 * MathF.PI);
        for (int i = 0; i < members; i++)
        {
            float angle = 2 * MathF.PI * i / members + 0.3f * _rng.Normal();
            var (sin, cos) = MathF.SinCos(facing ? angle : yaw + MathF.PI / 2);
            Vector2 place = centre + new Vector2(sin, cos) * (facing ? radius
                : radius * (2 * (i + 0.5f) / members - 1));
            Put(place, facing ? angle + MathF.PI + 0.4f * _rng.Normal() : yaw + 0.2f * _rng.Normal(),
                facing ? Posture.Standing : Posture.Walking, cheer);
        }
    }

    private void Queue(Vector2 head)
    {
        float heading = _rng.Range(0, 2 * MathF.PI), bend = 0.06f * _rng.Normal(), step = _rng.Range(0.55f, 1);
        int length = _rng.Int(5, 25), lanes = _rng.Chance(0.7f) ? 1 : 2;
        for (int i = 0; i < length; i++)
        {
            var (sin, cos) = MathF.SinCos(heading);
            for (int lane = 0; lane < lanes; lane++)
                Put(head + new Vector2(cos, -sin) * (0.6f * lane + 0.08f * _rng.Normal()),
                    heading + MathF.PI + 0.3f * _rng.Normal(),
                    Posture.Standing, 0);
            head += new Vector2(sin, cos) * step * _rng.Range(0.8f, 1.2f);
            heading += bend;
        }
    }

    private void Block(Vector2 centre, float yaw, float cheer)
    {
        float pitch = _spacing * _rng.Range(1, 1.2f);
        int columns = _rng.Int(4, 14), rows = _rng.Int(2, 8);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                if (_rng.Chance(0.1f))
                    continue;
                var offset = new Vector2((column - columns / 2f + (row & 1) * 0.5f) * pitch,
                    (row - rows / 2f) * pitch * 1.1f);
                Put(centre + offset + new Vector2(_rng.Normal(), _rng.Normal()) * pitch * 0.15f,
                    yaw + 0.25f * _rng.Normal(),
                    Posture.Standing, cheer);
            }
        }
    }

    private void Put(Vector2 place, float yaw, Posture posture, float cheer)
    {
        if (_stances.Count >= _wanted)
            return;
        float height = 0;
        if (_rows && place.Y > _terrain.Start)
        {
            // Seats stand in rows; a seat is taken by one.
            float row = MathF.Floor((place.Y - _terrain.Start) / Terrain.RowDepth);
            float seat = MathF.Max(0.12f, MathF.Min(_spacing, 0.52f));
            place = new Vector2((MathF.Round(place.X / seat) + 0.12f * _rng.Normal()) * seat,
                _terrain.Start + (row + 0.45f + 0.05f * _rng.Normal()) * Terrain.RowDepth);
            posture = _rng.Chance(0.1f) ? Posture.Standing : Posture.Sitting;
            height = _terrain.Height(place.Y);
        }
        var feet = new Vector3(place.X, height, place.Y);
        Vector3 head = feet + new Vector3(0, posture == Posture.Sitting ? Person.SittingHead : Person.StandingHead, 0);
        float depth = _camera.Depth(head);
        if (depth <= 0)
            return;
        float size = _camera.Focal * Person.HeadHeight / depth;
        Vector2 seen = _camera.Project(head);
        if (size < SmallestHead || size > LargestHead || seen.X < -0.3f * size || seen.Y < -0.3f * size
            || seen.X > _width + 0.3f * size || seen.Y > _height + 0.3f * size || !_terrain.Holds(feet) || !Free(place))
            return;
        _stances.Add(new Stance(feet, yaw, posture, cheer));
    }

    private bool Free(Vector2 place)
    {
        float apart = _spacing * (_rows ? 0.7f : 0.9f);
        int cx = (int)MathF.Floor(place.X), cy = (int)MathF.Floor(place.Y);
        for (int y = cy - 1; y <= cy + 1; y++)
        {
            for (int x = cx - 1; x <= cx + 1; x++)
            {
                if (_taken.TryGetValue((x, y), out List<Vector2>? others)
                    && others.Exists(other => Vector2.DistanceSquared(other, place) < apart * apart))
                    return false;
            }
        }
        if (!_taken.TryGetValue((cx, cy), out List<Vector2>? here))
            _taken[(cx, cy)] = here = [];
        here.Add(place);
        return true;
    }
}
