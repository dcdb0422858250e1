using System.Globalization;
using HeadCount.Evaluation;

namespace HeadCount.Reports;

/// <summary>Something that costs score, and what may be done about it.</summary>
/// <param name="Title">What to try, in a few words.</param>
/// <param name="Reason">The numbers behind it.</param>
/// <param name="Gain">F1 that it would add at most; null where it concerns counts alone.</param>
internal sealed record Finding(string Title, string Reason, double? Gain);

/// <summary>
/// Works out from an evaluation what to try next. Each finding supposes one kind of error gone and says what F1 would
/// be then, so that findings can be ranked; those that could not add half a point are left out.
/// </summary>
internal static class Advice
{
    private const double LeastGain = .005;

    /// <summary>The findings, the one that can add most first.</summary>
    /// <param name="analysis">Errors at the threshold in use.</param>
    /// <param name="wide">The score at twice the radius.</param>
    /// <param name="curve">Scores over the threshold; the first score of each point is at the analysis' radius.</param>
    /// <param name="inUse">The threshold in use, one of the curve's; null for a model that has none.</param>
    /// <param name="pictures">The pictures, scored at the analysis' radius.</param>
    internal static IReadOnlyList<Finding> Of(ErrorAnalysis analysis, LocalizationScore wide,
        IReadOnlyList<ThresholdPoint> curve, double? inUse, IReadOnlyList<PictureScore> pictures)
    {
        LocalizationScore score = analysis.Score;
        string radius = Plain(analysis.Radius);
        Finding?[] findings =
        [
            Threshold(), Crowded(), Lone(), Region(), Position(), Doubles(), Texture(), FewPictures(), Density(),
        ];
        return [.. findings.OfType<Finding>().Where(finding => !(finding.Gain < LeastGain))
            .OrderByDescending(finding => finding.Gain ?? 0)];

        Finding? Threshold()
        {
            if (inUse is not double threshold)
                return null;
            ThresholdPoint used = curve.First(point => point.Threshold == threshold);
            ThresholdPoint best = curve.MaxBy(point => point.Scores[0].F1)!;
            (LocalizationScore now, LocalizationScore then) = (used.Scores[0], best.Scores[0]);
            string verb = best.Threshold < threshold ? "Lower" : "Raise";
            return new Finding($"{verb} the threshold from {Plain(threshold)} to {Plain(best.Threshold)}",
                $"Recall would go from {Share(now.Recall)} to {Share(then.Recall)}, precision from "
                + $"{Share(now.Precision)} to {Share(then.Precision)} and the MAE of the count from "
                + $"{Html.Number(used.Counting.Mae, 2)} to {Html.Number(best.Counting.Mae, 2)}. It was found on "
                + "these very pictures: choose it with headcount tune on validation pictures and measure on "
                + "others.",
                then.F1 - now.F1);
        }

        Finding? Crowded()
        {
            HeadGroup near = Join(analysis.BySpacing.Take(3)), other = Join(analysis.BySpacing.Skip(3));
            return Missed(near, other, "Work on the smallest and most crowded heads",
                "stand nearer than 15 px to a neighbour",
                "Such heads cover few pixels: try the pictures enlarged, and train with a larger --max-scale and "
                + "more crowded pictures.");
        }

        Finding? Lone()
        {
            HeadGroup far = analysis.BySpacing[^1], other = Join(analysis.BySpacing.Skip(3).SkipLast(1));
            return Missed(far, other, "Work on lone and close-up heads", "stand 70 px or more from any other",
                "These are mostly large ones near the camera: try the pictures reduced, and train with a smaller "
                + "--min-scale and more such pictures.");
        }

        Finding? Region()
        {
            if (analysis.ByPosition is not { } regions)
                return null;
            HeadGroup? worst = regions.Where(region => region.Heads > 0).MinBy(region => region.Recall);
            return worst is null ? null : Missed(worst, Join(regions.Where(region => region != worst)),
                $"Look at the {worst.Name} of the pictures", $"stand in the {worst.Name} ninth",
                "What is different there (distance, light, what is in the background) is what training pictures "
                + "should show more of.");
        }

        Finding? Missed(HeadGroup group, HeadGroup other, string title, string which, string doWhat)
        {
            if (group.Recall is not double recall || other.Recall is not double usual || recall >= usual)
                return null;
            long more = (long)Math.Round(group.Heads * (usual - recall));
            double share = (double)group.Missed / score.FalseNegatives;
            return new Finding(title,
                $"{Html.Number(group.Missed)} of {Html.Number(score.FalseNegatives)} missed heads ({Share(share)}) "
                + $"{which}; recall is {Share(recall)} there and {Share(usual)} elsewhere. {doWhat}",
                Gain(found: more));
        }

        Finding? Position()
        {
            long more = wide.TruePositives - score.TruePositives;
            return new Finding("Place heads more exactly",
                $"{Html.Number(more)} heads have a detection of their own within {Plain(2 * analysis.Radius)} px "
                + $"but none within {radius} px; the mean distance of the pairs is "
                + $"{Html.Number(analysis.MeanDistance, 1)} px. (In dense crowds some of these pairs are chance.) "
                + "A finer output stride, a heavier offset loss or enlarged pictures make positions sharper; look "
                + "also at how consistently these heads were annotated.",
                Gain(found: more, dropped: more));
        }

        Finding? Doubles()
        {
            FalseAlarmKind kind = analysis.FalseAlarms[0];
            return new Finding("Widen the suppression radius",
                $"{Html.Number(kind.Count)} of {Html.Number(score.FalsePositives)} false alarms are second "
                + $"detections of a head that was found, within {radius} px of it. headcount tune tries other "
                + "suppression radii; it also loses neighbours that stand closer.",
                Gain(dropped: kind.Count));
        }

        Finding? Texture()
        {
            FalseAlarmKind kind = analysis.FalseAlarms[^1];
            PictureScore[] ranked = [.. pictures.OrderByDescending(False)];
            int half = Holding(ranked, False, out _);
            return new Finding("Train with what is taken for heads",
                $"{Html.Number(kind.Count)} of {Html.Number(score.FalsePositives)} false alarms are farther than "
                + $"{Plain(kind.From)} px from any head; half of all false alarms stand in {Pictures(half)} of "
                + $"{pictures.Count}, first of all {ranked[0].Name}. Add pictures of such scenes without people, "
                + "or with the people marked.",
                Gain(dropped: kind.Count));

            long False(PictureScore picture) => picture.At(analysis.Radius).FalsePositives;
        }

        Finding? FewPictures()
        {
            PictureScore[] ranked = [.. pictures.OrderByDescending(Misses)];
            int half = Holding(ranked, Misses, out long misses);
            // Half of the misses in half of the pictures is nothing special.
            if (misses == 0 || half > pictures.Count / 5)
                return null;
            long held = ranked.Take(half).Sum(Misses), heads = ranked.Take(half).Sum(picture => (long)picture.Truth);
            LocalizationScore rest = Metric.Sum([.. ranked.Skip(half)], analysis.Radius);
            long more = (long)Math.Round(heads * rest.Recall) - (heads - held);
            return new Finding("Get more training pictures like the hardest ones",
                $"{Share((double)held / misses)} of the missed heads stand in {Pictures(half)} of "
                + $"{pictures.Count}, first of all {ranked[0].Name}; recall is "
                + $"{Share((double)(heads - held) / heads)} there and {Share(rest.Recall)} in the others. A few "
                + "annotated pictures of such scenes teach more than many of the kind that works.",
                Gain(found: more));

            long Misses(PictureScore picture) => picture.At(analysis.Radius).FalseNegatives;
        }

        Finding? Density()
        {
            if (!pictures.All(picture => picture.DensitySum is not null))
                return null;
            double[] points = [.. pictures.Select(picture => (double)Math.Abs(picture.Error))];
            double[] densities = [.. pictures.Select(picture => Math.Abs(picture.DensitySum!.Value - picture.Truth))];
            PairedDifference difference = Bootstrap.Difference(points, densities, errors => errors.Average())!.Value;
            return difference.Difference.High >= 0 ? null : new Finding("Report the density sum as the count",
                $"Its MAE is {Html.Number(densities.Average(), 2)}, that of the number of points "
                + $"{Html.Number(points.Average(), 2)}: {Html.Number(-difference.Difference.Value, 2)} less (95 % "
                + $"interval {Html.Number(-difference.Difference.High, 2)} … "
                + $"{Html.Number(-difference.Difference.Low, 2)}). The table of counts says for which crowds.", null);
        }

        double Gain(long found = 0, long dropped = 0) => new LocalizationScore(score.TruePositives + found,
            score.FalsePositives - dropped, score.FalseNegatives - found).F1 - score.F1;
    }

    // The fewest of the pictures, ranked, that hold half of the whole.
    private static int Holding(PictureScore[] ranked, Func<PictureScore, long> part, out long whole)
    {
        whole = ranked.Sum(part);
        long sum = 0;
        int count = 0;
        while (count < ranked.Length && 2 * sum < whole)
            sum += part(ranked[count++]);
        return count;
    }

    private static HeadGroup Join(IEnumerable<HeadGroup> groups)
    {
        HeadGroup[] all = [.. groups];
        return new HeadGroup("", all.Sum(group => group.Heads), all.Sum(group => group.Found));
    }

    private static string Pictures(int count) => count == 1 ? "1 picture" : $"{count} pictures";

    private static string Plain(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Share(double share) => share.ToString("P0", CultureInfo.InvariantCulture);
}
