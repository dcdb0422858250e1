using HeadCount.IO;
using Xunit;

namespace HeadCount.Tests.IO;

public sealed class NaturalOrderTests
{
    [Fact]
    public void Compare_IsTotalAndCountsNumbers()
    {
        string[] expected = ["a", "A1", "a01", "a2", "a2b", "a10", "B1"];
        foreach (int shift in Enumerable.Range(0, expected.Length))
            Assert.Equal(expected, expected.Skip(shift).Concat(expected.Take(shift)).Order(NaturalOrder.Instance));
    }
}
