using HeadCount.Annotations;

namespace HeadCount.Evaluation;

/// <summary>A true head and the detection that found it.</summary>
/// <param name="Truth">Index of the true head.</param>
/// <param name="Prediction">Index of the detection.</param>
/// <param name="Distance">Pixels between the two.</param>
public readonly record struct PointPair(int Truth, int Prediction, double Distance);

/// <summary>
/// Pairs detections with true heads one to one: as many pairs as possible within the radius (inclusive), and among
/// those matchings the one with the smallest sum of distances. The number of pairs is the one that the code of
/// NWPU-Crowd, FIDTM and IIM finds (a maximum bipartite matching).
/// </summary>
public static class PointMatcher
{
    /// <summary>Matches with one radius for all heads.</summary>
    /// <param name="truth">True heads.</param>
    /// <param name="predictions">Detected heads; scores play no part.</param>
    /// <param name="radius">Largest distance of a pair in pixels, 0 or more, inclusive.</param>
    /// <returns>The pairs in ascending order of the true head's index.</returns>
    /// <exception cref="ArgumentException">The radius is negative, or a number is not finite.</exception>
    public static IReadOnlyList<PointPair> Match(
        IReadOnlyList<HeadPoint> truth, IReadOnlyList<HeadPoint> predictions, double radius)
    {
        ArgumentNullException.ThrowIfNull(truth);
        double[] radii = new double[truth.Count];
        Array.Fill(radii, radius);
        return Match(truth, predictions, radii);
    }

    /// <summary>Matches with a radius for each true head.</summary>
    /// <param name="truth">True heads.</param>
    /// <param name="predictions">Detected heads; scores play no part.</param>
    /// <param name="radii">Largest distance in pixels for each true head, 0 or more, inclusive.</param>
    /// <returns>The pairs in ascending order of the true head's index.</returns>
    /// <exception cref="ArgumentException">
    /// The radii are not as many as the true heads, one is negative or not finite, or a coordinate is not finite.
    /// </exception>
    public static IReadOnlyList<PointPair> Match(
        IReadOnlyList<HeadPoint> truth, IReadOnlyList<HeadPoint> predictions, IReadOnlyList<double> radii)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(radii);
        if (radii.Count != truth.Count)
            throw new ArgumentException($"{radii.Count} radii for {truth.Count} heads.", nameof(radii));
        foreach (double radius in radii)
            if (!double.IsFinite(radius) || radius < 0)
                throw new ArgumentException($"A radius is {radius}; it must be 0 or more.", nameof(radii));

        // The fewer points look for partners: those that find none are what costs time.
        Candidate[][] candidates = Candidates(truth, predictions, radii);
        bool turned = predictions.Count < truth.Count;
        int[] partners = turned
            ? new Assignment(Transposed(candidates, predictions.Count), truth.Count).Solve()
            : new Assignment(candidates, predictions.Count).Solve();
        var pairs = new List<PointPair>();
        for (int i = 0; i < partners.Length; i++)
            if (partners[i] >= 0)
            {
                (int head, int prediction) = turned ? (partners[i], i) : (i, partners[i]);
                double distance = Array.Find(candidates[head], found => found.Index == prediction).Distance;
                pairs.Add(new PointPair(head, prediction, distance));
            }
        if (turned)
            pairs.Sort(static (a, b) => a.Truth.CompareTo(b.Truth));
        return pairs;
    }

    /// <summary>For each true head the detections in reach, nearest first.</summary>
    private static Candidate[][] Candidates(
        IReadOnlyList<HeadPoint> truth, IReadOnlyList<HeadPoint> predictions, IReadOnlyList<double> radii)
    {
        var grid = new PointIndex(predictions);
        var candidates = new Candidate[truth.Count][];
        var found = new List<Candidate>();
        for (int i = 0; i < candidates.Length; i++)
        {
            PointIndex.RequireFinite(truth[i]);
            found.Clear();
            if (predictions.Count > 0)
                grid.Within(truth[i].X, truth[i].Y, radii[i], found);
            found.Sort(static (a, b) => a.Distance.CompareTo(b.Distance));
            candidates[i] = [.. found];
        }
        return candidates;
    }

    /// <summary>The same candidates seen from the other side, nearest first.</summary>
    private static Candidate[][] Transposed(Candidate[][] candidates, int count)
    {
        var transposed = new List<Candidate>[count];
        for (int i = 0; i < count; i++)
            transposed[i] = [];
        for (int i = 0; i < candidates.Length; i++)
            foreach (Candidate candidate in candidates[i])
                transposed[candidate.Index].Add(candidate with { Index = i });
        foreach (List<Candidate> list in transposed)
            list.Sort(static (a, b) => a.Distance.CompareTo(b.Distance));
        return [.. transposed.Select(list => list.ToArray())];
    }

    /// <summary>
    /// Sparse assignment by shortest augmenting paths (Jonker and Volgenant 1987): heads (of either side) are given
    /// points of the other side one by one, each along the shortest path in reduced costs. A head may also stay alone,
    /// at a price above any sum of distances, so that no pair is ever given up for shorter ones. A search never leaves
    /// its connected component, and stops at the nearest end.
    /// </summary>
    private sealed class Assignment
    {
        private const int None = -1;

        private readonly Candidate[][] _candidates;
        private readonly double _alone;

        // Dual prices: distance - _headPrice - _pointPrice is never negative, and zero for a pair.
        private readonly double[] _headPrice, _pointPrice;
        private readonly int[] _pointOf, _headOf;

        // The search tree; entries of untouched points are infinite.
        private readonly double[] _reach;
        private readonly int[] _from;
        private readonly bool[] _settled;
        private readonly List<int> _touched = [];
        private readonly PriorityQueue<int, double> _queue = new();

        internal Assignment(Candidate[][] candidates, int points)
        {
            _candidates = candidates;
            double farthest = candidates.Max(reachable => (double?)reachable.LastOrDefault().Distance) ?? 0;
            _alone = Math.Min(candidates.Length, points) * farthest + 1;
            _headPrice = new double[candidates.Length];
            _pointPrice = new double[points];
            _pointOf = new int[candidates.Length];
            Array.Fill(_pointOf, None);
            _headOf = new int[points];
            Array.Fill(_headOf, None);
            _reach = new double[points];
            Array.Fill(_reach, double.PositiveInfinity);
            _from = new int[points];
            _settled = new bool[points];
        }

        /// <summary>The point of each head, below 0 for those that stay alone.</summary>
        internal int[] Solve()
        {
            for (int head = 0; head < _candidates.Length; head++)
                if (_candidates[head].Length > 0)
                    Add(head);
            return _pointOf;
        }

        private void Add(int start)
        {
            // The path ends at a free point, or at a head that stays alone; length is that of the best end so far.
            double length = double.PositiveInfinity;
            int endPoint = None, endHead = None;
            int head = start;
            double reached = 0;
            while (true)
            {
                if (reached + _alone - _headPrice[head] < length)
                {
                    length = reached + _alone - _headPrice[head];
                    (endPoint, endHead) = (None, head);
                }
                double offset = reached - _headPrice[head];
                foreach (Candidate candidate in _candidates[head])
                {
                    // Point prices are never positive, so farther candidates cannot be nearer the end.
                    if (offset + candidate.Distance >= length)
                        break;
                    int point = candidate.Index;
                    double reach = offset + candidate.Distance - _pointPrice[point];
                    if (_settled[point] || reach >= length || reach >= _reach[point])
                        continue;
                    if (double.IsPositiveInfinity(_reach[point]))
                        _touched.Add(point);
                    _reach[point] = reach;
                    _from[point] = head;
                    if (_headOf[point] == None)
                        (length, endPoint, endHead) = (reach, point, None);
                    else
                        _queue.Enqueue(point, reach);
                }

                int next = None;
                while (next == None && _queue.TryDequeue(out int point, out double reach) && reach < length)
                    if (!_settled[point])
                        next = point;
                if (next == None)
                    break;
                _settled[next] = true;
                head = _headOf[next];
                reached = _reach[next];
            }

            _headPrice[start] += length;
            foreach (int point in _touched)
            {
                if (_settled[point])
                {
                    _headPrice[_headOf[point]] += length - _reach[point];
                    _pointPrice[point] -= length - _reach[point];
                    _settled[point] = false;
                }
                _reach[point] = double.PositiveInfinity;
            }
            _touched.Clear();
            _queue.Clear();

            // Hand points back along the path, from its end to the start.
            if (endPoint == None)
            {
                endPoint = _pointOf[endHead];
                _pointOf[endHead] = None;
            }
            while (endPoint != None)
            {
                head = _from[endPoint];
                _headOf[endPoint] = head;
                (endPoint, _pointOf[head]) = (_pointOf[head], endPoint);
            }
        }
    }
}
