namespace HeadCount.Training.Data;

/// <summary>
/// For every cell of a square grid the nearest head and its distance: the regions that training assigns to heads
/// (Voronoi cells).
/// </summary>
/// <param name="Head">Index of the nearest head per cell, row by row; −1 where there is no head at all.</param>
/// <param name="Distance">Pixels from the cell's centre to that head.</param>
internal sealed record NearestHeads(int[] Head, float[] Distance)
{
    /// <param name="crop">The heads.</param>
    /// <param name="stride">Pixels per cell.</param>
    internal static NearestHeads Of(Crop crop, int stride)
    {
        int side = crop.Size / stride;
        var head = new int[side * side];
        var distance = new float[side * side];
        Array.Fill(head, -1);
        Array.Fill(distance, float.MaxValue);
        if (crop.X.Length == 0)
            return new NearestHeads(head, distance);

        // The head in each bucket of 8×8 cells; rings of buckets are searched outwards until none can be nearer.
        const int BucketCells = 8;
        int buckets = (side + BucketCells - 1) / BucketCells;
        float bucketSide = BucketCells * stride;
        var inBucket = new List<int>?[buckets * buckets];
        for (int i = 0; i < crop.X.Length; i++)
            (inBucket[(int)(crop.Y[i] / bucketSide) * buckets + (int)(crop.X[i] / bucketSide)] ??= []).Add(i);

        var candidates = new List<int>();
        for (int by = 0; by < buckets; by++)
        {
            for (int bx = 0; bx < buckets; bx++)
            {
                Collect(bx, by);
                FillBucket(bx, by);
            }
        }
        return new NearestHeads(head, distance);

        // Every head that can be nearest to a point of the bucket. One in ring k is at most √2 (k + 1) buckets away,
        // one in ring r at least r − 1.
        void Collect(int bx, int by)
        {
            candidates.Clear();
            int found = -1;
            for (int ring = 0; ring < buckets; ring++)
            {
                if (found >= 0 && ring - 1 > Math.Sqrt(2) * (found + 1))
                    break;
                for (int y = by - ring; y <= by + ring; y++)
                {
                    if (y < 0 || y >= buckets)
                        continue;
                    bool edge = y == by - ring || y == by + ring;
                    for (int x = bx - ring; x <= bx + ring; x += edge || ring == 0 ? 1 : 2 * ring)
                    {
                        if (x < 0 || x >= buckets || inBucket[y * buckets + x] is not { } heads)
                            continue;
                        candidates.AddRange(heads);
                        found = found < 0 ? ring : found;
                    }
                }
            }
        }

        void FillBucket(int bx, int by)
        {
            for (int row = by * BucketCells; row < Math.Min((by + 1) * BucketCells, side); row++)
            {
                for (int column = bx * BucketCells; column < Math.Min((bx + 1) * BucketCells, side); column++)
                {
                    float cx = (column + 0.5f) * stride, cy = (row + 0.5f) * stride, best = float.MaxValue;
                    int nearest = -1;
                    foreach (int i in candidates)
                    {
                        float dx = crop.X[i] - cx, dy = crop.Y[i] - cy, squared = dx * dx + dy * dy;
                        if (squared < best)
                            (best, nearest) = (squared, i);
                    }
                    head[row * side + column] = nearest;
                    distance[row * side + column] = MathF.Sqrt(best);
                }
            }
        }
    }
}
