using HeadCount.Evaluation;
using Xunit;

namespace HeadCount.Tests.Evaluation;

public sealed class CountingErrorsTests
{
    [Fact]
    public void Of_Counts_GivesTheFieldsErrors()
    {
        var errors = CountingErrors.Of([(10, 7), (4, 5), (0, 2)]);
        Assert.Equal(2, errors.Mae, 12);
        Assert.Equal(Math.Sqrt(14 / 3.0), errors.Rmse, 12);
        Assert.Equal((0.3 + 0.25) / 2, errors.Nae!.Value, 12);
        Assert.Equal(0, errors.Bias, 12);
    }

    [Fact]
    public void Of_OnlyEmptyPictures_HasNoRelativeError() => Assert.Null(CountingErrors.Of([(0, 2)]).Nae);

    [Fact]
    public void Of_Nothing_IsRefused() => Assert.Throws<ArgumentException>(() => CountingErrors.Of([]));
}
