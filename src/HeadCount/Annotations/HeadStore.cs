using System.Collections;

namespace HeadCount.Annotations;

/// <summary>
/// Heads of many pictures that arrive in any order, at 20 bytes each: every head knows the next one of its picture.
/// </summary>
internal sealed class HeadStore : IReadOnlyCollection<PictureHeads>
{
    private const int ChunkBits = 16, ChunkSize = 1 << ChunkBits;
    private const int None = -1;

    private sealed class Chunk
    {
        internal readonly double[] X = new double[ChunkSize], Y = new double[ChunkSize];
        internal readonly int[] Next = new int[ChunkSize];

        /// <summary>Scores, from the first that is not 1.</summary>
        internal double[]? Scores;
    }

    private struct Picture
    {
        internal string Name;
        internal string? Id;
        internal PictureSize? Size;
        internal int First, Last, Count;
    }

    private readonly List<Chunk> _chunks = [];
    private readonly List<Picture> _pictures = [];
    private readonly Dictionary<int, List<IgnoredRegion>> _ignored = [];
    private int _count;

    /// <summary>Number of pictures.</summary>
    public int Count => _pictures.Count;

    /// <summary>Adds a picture and gives its index.</summary>
    internal int AddPicture(string name, PictureSize? size, string? id = null)
    {
        _pictures.Add(new Picture { Name = name, Id = id, Size = size, First = None, Last = None });
        return _pictures.Count - 1;
    }

    internal void Add(int picture, HeadPoint head)
    {
        int at = _count % ChunkSize;
        if (at == 0)
            _chunks.Add(new Chunk());
        Chunk chunk = _chunks[^1];
        (chunk.X[at], chunk.Y[at], chunk.Next[at]) = (head.X, head.Y, None);
        if (head.Score != 1 && chunk.Scores is null)
        {
            chunk.Scores = new double[ChunkSize];
            Array.Fill(chunk.Scores, 1);
        }
        if (chunk.Scores is { } scores)
            scores[at] = head.Score;

        Picture entry = _pictures[picture];
        if (entry.First == None)
            entry.First = _count;
        else
            _chunks[entry.Last >> ChunkBits].Next[entry.Last % ChunkSize] = _count;
        entry.Last = _count++;
        entry.Count++;
        _pictures[picture] = entry;
    }

    internal void Ignore(int picture, IgnoredRegion region)
    {
        if (!_ignored.TryGetValue(picture, out List<IgnoredRegion>? regions))
            _ignored.Add(picture, regions = []);
        regions.Add(region);
    }

    public IEnumerator<PictureHeads> GetEnumerator()
    {
        for (int i = 0; i < _pictures.Count; i++)
        {
            Picture picture = _pictures[i];
            yield return new PictureHeads(picture.Name, new HeadList(this, picture.First, picture.Count))
            {
                Size = picture.Size,
                Id = picture.Id,
                Ignored = _ignored.TryGetValue(i, out List<IgnoredRegion>? regions) ? regions : [],
            };
        }
    }

    /// <summary>
    /// The heads of one picture. Walking through them takes no memory, so that a long file can be converted; the first
    /// access by index gathers them.
    /// </summary>
    private sealed class HeadList(HeadStore store, int first, int count) : IReadOnlyList<HeadPoint>
    {
        private HeadPoint[]? _gathered;

        public int Count => count;

        public HeadPoint this[int index] => (_gathered ??= [.. this])[index];

        public IEnumerator<HeadPoint> GetEnumerator()
        {
            int head = first;
            while (head != None)
            {
                Chunk chunk = store._chunks[head >> ChunkBits];
                int at = head % ChunkSize;
                yield return new HeadPoint(chunk.X[at], chunk.Y[at], chunk.Scores?[at] ?? 1);
                head = chunk.Next[at];
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
