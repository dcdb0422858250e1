using FsCheck.Xunit;
using Xunit;

namespace HeadCount.Cli.Tests;

public class NaturalOrderTests
{
    [Fact]
    public void Numbers_AreOrderedByValue()
    {
        string[] names = ["b/IMG_10.jpg", "b/img_9.jpg", "b/IMG_100.jpg", "a/IMG_11.jpg", "b/IMG_010.jpg", "b/IMG.jpg"];
        Assert.Equal(["a/IMG_11.jpg", "b/IMG.jpg", "b/img_9.jpg", "b/IMG_010.jpg", "b/IMG_10.jpg", "b/IMG_100.jpg"],
            names.Order(NaturalOrder.Instance));
    }

    [Property]
    public bool Order_IsTotal(string? a, string? b)
    {
        int order = NaturalOrder.Instance.Compare(a, b);
        return Math.Sign(order) == -Math.Sign(NaturalOrder.Instance.Compare(b, a)) && (order != 0 || (a ?? "") == (b ?? ""));
    }
}
