using System.Globalization;
using System.Text.RegularExpressions;
using HeadCount.Annotations;
using HeadCount.Evaluation;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Reports.Tests;

public sealed class EvaluationReportTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Pictures of dots, of which every one is annotated and one head more.</summary>
    private EvaluationRun Run(int pictures, string name = "p{0}.png", double threshold = .5)
    {
        DotModel.Save(_folder["dots.onnx"]);
        using HeadModel model = HeadModel.Load(_folder["dots.onnx"], threads: 1);
        var counter = new HeadCounter(model, new CountOptions { SweepFrom = .05, Threshold = threshold });
        return new EvaluationRun
        {
            Dataset = "dots & <more>",
            Model = "dots 1.0.0",
            Threshold = threshold,
            SuppressionRadius = 4,
            Radii = [4, 8],
            Pictures = [.. Enumerable.Range(0, pictures).Select(Evaluate)],
        };

        EvaluatedPicture Evaluate(int i)
        {
            var dots = DotModel.Scatter(120, 90, 4 + i % 5, i);
            string path = _folder[string.Format(CultureInfo.InvariantCulture, name, i)];
            PictureWriter.Save(DotModel.Draw(120, 90, dots), path);
            CountResult result = counter.Count(path);
            HeadPoint[] truth = [.. dots.Select(dot => new HeadPoint(dot.X + .5, dot.Y + .5)), new(2, 2)];
            return new EvaluatedPicture(path, new EvaluatedImage(Path.GetFileName(path), truth, result.Heads)
            {
                Size = (120, 90),
                DensitySum = result.DensitySum,
            }, result.Sweep!);
        }
    }

    private string Write(EvaluationRun run)
    {
        EvaluationReport.Write(run, _folder["report"]);
        return File.ReadAllText(_folder["report/index.html"]);
    }

    [Fact]
    public void IgnoredRegions_AreLeftOutAtEveryThreshold()
    {
        EvaluationRun run = Run(6);
        // The head that is not there stands in the region, and dots that are found as well.
        string page = Write(run with
        {
            Pictures = [.. run.Pictures.Select(picture => picture with
            {
                Image = picture.Image with { Ignored = [new IgnoredRegion(0, 0, 60, 90)] },
            })],
        });
        Assert.Contains("0.5, gives F1 1.000", page, StringComparison.Ordinal);
    }

    [Fact]
    public void ModelWithoutAThreshold_HasNoCurve()
    {
        string page = Write(Run(6) with { Threshold = null });
        int start = page.IndexOf("<h1", StringComparison.Ordinal), end = page.IndexOf("id=\"missed\"", StringComparison.Ordinal);
        Assert.DoesNotContain("threshold", page[start..end], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Write_GivesOnePageThatNeedsNothingElse()
    {
        string page = Write(Run(20));
        Assert.DoesNotMatch("(src|href)=\"(?!data:|#)", page);
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("url\\((?!#)", page);
        string[] sections = ["results", "positions", "counts", "threshold", "missed", "false", "pictures", "next"];
        foreach (string section in sections)
            Assert.Contains($"<h2 id=\"{section}\">", page, StringComparison.Ordinal);
        Assert.Contains("dots 1.0.0 on dots &amp; &lt;more&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("[>( ]NaN", page);
    }

    [Fact]
    public void Write_ShowsTheMostCrowdedAndTheWorst_NoMore()
    {
        string page = Write(Run(20));
        // Every picture misses one head, so four and ten are shown, less those that are both.
        int shown = Regex.Count(page, "data:image/jpeg;base64,");
        Assert.InRange(shown, 10, 14);
        byte[] jpeg = Convert.FromBase64String(Regex.Match(page, "base64,([^\"]*)").Groups[1].Value);
        string path = _folder.Write("shown.jpg", jpeg);
        RgbImage picture = Picture.Load(path);
        Assert.Equal((120, 90), (picture.Width, picture.Height));
    }

    [Fact]
    public void Write_TableHasThePicturesAtEveryRadius()
    {
        EvaluationRun run = Run(5);
        Write(run);
        IReadOnlyList<PictureScore> table = PictureScoreFile.Read(_folder["report/pictures.csv"]);
        Assert.Equal(run.Pictures.Select(p => (p.Image.Name, p.Image.Truth.Count, p.Image.Predictions.Count)),
            table.Select(p => (p.Name, p.Truth, p.Predicted)));
        Assert.All(table, picture => Assert.Equal([4.0, 8, 16], picture.Localization.Select(entry => entry.Radius)));
        Assert.Equal(run.Pictures.Sum(p => p.Image.Truth.Count - 1), Metric.Sum(table, 4).TruePositives);
    }

    [Fact]
    public void Write_WithoutHeadsOrDetections_StillGivesAPage()
    {
        EvaluationRun run = Run(3, threshold: 1);
        run = run with
        {
            Pictures = [.. run.Pictures.Select(p => p with { Image = p.Image with { Truth = [] } })],
        };
        string page = Write(run);
        Assert.Contains("n/a", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("[>( ]NaN", page);
    }

    [Fact]
    public void Write_NamesOfPicturesAreNoMarkup() =>
        Assert.DoesNotContain("<b>a<i>", Write(Run(2, "a<i>{0}.png")), StringComparison.Ordinal);

    [Fact]
    public void Write_PictureThatIsGone_IsSaidInItsPlace()
    {
        EvaluationRun run = Run(2);
        File.Delete(run.Pictures[0].Path);
        Assert.Contains("no such file", Write(run), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_WithoutPictures_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Write(Run(0)));
}
