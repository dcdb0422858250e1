using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Evaluation;
using Xunit;

namespace HeadCount.Tests.Evaluation;

public sealed class PictureScoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Property(MaxTest = 200, Arbitrary = [typeof(PointSetsArbitrary)])]
    public void Metrics_AgreeWithTheSummary(PointSets sets)
    {
        EvaluatedImage[] images = [new("a", sets.Truth, sets.Predictions), new("b", [new(3, 3)], sets.Truth)];
        var summary = EvaluationSummary.Of(images, [MatchingRadius.Of(1), MatchingRadius.Of(3)]);
        PictureScore[] scores = [.. images.Select(image => PictureScore.Of(image, [1, 3]))];
        double?[] expected = [summary.Mae, summary.Rmse, summary.Nae, summary.Counting.Bias, null,
            .. summary.Localization.SelectMany(r => (double?[])[r.Precision, r.Recall, r.F1])];
        Assert.Equal(expected, Metric.All([1, 3]).Select(metric => metric.Of(scores)));
    }

    [Property(MaxTest = 50, Arbitrary = [typeof(PointSetsArbitrary)])]
    public void File_GivesBackWhatWasWritten(PointSets sets, bool density)
    {
        EvaluatedImage[] images = [new("a, \"b\".jpg", sets.Truth, sets.Predictions), new("é.jpg", sets.Truth, [])];
        PictureScore[] written = [.. images.Select(image => PictureScore.Of(
            image with { DensitySum = density ? sets.Truth.Length / 3.0 : null }, [2.5, 8]))];
        PictureScoreFile.Write(_folder["pictures.csv"], written);
        IReadOnlyList<PictureScore> read = PictureScoreFile.Read(_folder["pictures.csv"]);
        Assert.Equal(written.Select(p => (p.Name, p.Truth, p.Predicted, p.DensitySum)),
            read.Select(p => (p.Name, p.Truth, p.Predicted, p.DensitySum)));
        Assert.Equal(written.Select(p => p.Localization), read.Select(p => p.Localization));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("image,x,y\n", "line 1")]
    [InlineData("image,truth,predicted,density,tp@4,fp@8,fn@4\n", "tp@4,fp@8")]
    [InlineData("image,truth,predicted,density\n", "no pictures")]
    [InlineData("image,truth,predicted,density\na,1,2,\nb,1,-2,\n", "line 3: predicted is '-2'")]
    [InlineData("image,truth,predicted,density\na,1\n", "line 2")]
    public void File_Malformed_IsRefusedWithItsLine(string content, string message)
    {
        string path = _folder.Write("pictures.csv", content);
        var e = Assert.Throws<AnnotationException>(() => PictureScoreFile.Read(path));
        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void DensityMae_ByHand()
    {
        PictureScore[] pictures = [new("a", 4, 3, []) { DensitySum = 5.5 }, new("b", 0, 0, []) { DensitySum = .5 }];
        Assert.Equal(1.0, Metric.DensityMae.Of(pictures));
        Assert.Null(Metric.DensityMae.Of([.. pictures, new("c", 0, 0, [])]));
    }

    [Fact]
    public void ThresholdCurve_ByHand()
    {
        var image = new EvaluatedImage("a",
            [new(10, 10), new(30, 10)], [new(10, 10, .9), new(60, 10, .6), new(30, 10, .3)]);
        var curve = ThresholdCurve.Of([.5, .2, .8, .5], [4], threshold =>
            [image with { Predictions = [.. image.Predictions.Where(head => head.Score >= threshold)] }]);
        Assert.Equal([.2, .5, .8], curve.Select(point => point.Threshold));
        Assert.Equal([new(2, 1, 0), new(1, 1, 1), new(1, 0, 1)], curve.Select(point => point.Scores[0]));
        Assert.Equal([1.0, 0, 1], curve.Select(point => point.Counting.Mae));
        Assert.Equal(.8, curve[0].MeanF1, 9);
    }
}
