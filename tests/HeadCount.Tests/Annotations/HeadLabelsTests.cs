using HeadCount.Annotations;
using Xunit;

namespace HeadCount.Tests.Annotations;

public sealed class HeadLabelsTests
{
    [Theory]
    [InlineData("head", LabelKind.Head)]
    [InlineData("HEADS", LabelKind.Head)]
    [InlineData("human_head", LabelKind.Head)]
    [InlineData("head-top", LabelKind.Head)]
    [InlineData("no_helmet_head", LabelKind.Head)]
    [InlineData("headTop", LabelKind.Head)]
    [InlineData("Face 2", LabelKind.Head)]
    [InlineData("persons", LabelKind.Person)]
    [InlineData("partially-visible persons", LabelKind.Person)]
    [InlineData("Pedestrian", LabelKind.Person)]
    [InlineData("riders", LabelKind.Person)]
    [InlineData("people (sitting)", LabelKind.Person)]
    [InlineData("ignore", LabelKind.Ignored)]
    [InlineData("ignored_regions", LabelKind.Ignored)]
    [InlineData("DontCare", LabelKind.Ignored)]
    [InlineData("don't care", LabelKind.Ignored)]
    [InlineData("headlight", LabelKind.Other)]
    [InlineData("head light", LabelKind.Other)]
    [InlineData("surface", LabelKind.Other)]
    [InlineData("headset", LabelKind.Other)]
    [InlineData("no face", LabelKind.Other)]
    [InlineData("baby stroller", LabelKind.Other)]
    [InlineData("pedestrian crossing", LabelKind.Other)]
    [InlineData("Persona", LabelKind.Other)]
    [InlineData("car", LabelKind.Other)]
    [InlineData("", LabelKind.Other)]
    public void KindOf_ComparesWholeWords(string label, LabelKind kind) => Assert.Equal(kind, HeadLabels.Default.KindOf(label));

    [Fact]
    public void Of_TakesWhatIsAskedForAndNothingElse()
    {
        var labels = HeadLabels.Of(["Persona=person", "Visitante", "pedestrians", "zona=ignore", "a=b"]);
        Assert.Equal(
            [LabelKind.Person, LabelKind.Head, LabelKind.Person, LabelKind.Ignored, LabelKind.Head, LabelKind.Other],
            ((string[])["persona", "visitante", "Pedestrians", "zona", "a=b", "head"]).Select(labels.KindOf));
        Assert.Equal(LabelKind.Head, HeadLabels.Of([]).KindOf("head"));
        Assert.Throws<ArgumentException>(() => HeadLabels.Of(["head", "HEAD=person"]));
        Assert.Throws<ArgumentException>(() => HeadLabels.Of(["=head"]));
    }
}
