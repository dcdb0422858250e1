using HeadCount.IO;
using Xunit;

namespace HeadCount.Tests.IO;

public sealed class ComposedNameTests
{
    // Unicode Standard Annex 15: the composed form of a letter and its mark, of Hangul's letters, and of what has none.
    [Theory]
    [InlineData("caf\u0065\u0301 1.jpg", "caf\u00e9 1.jpg")]
    [InlineData("caf\u00e9 1.jpg", "caf\u00e9 1.jpg")]
    [InlineData("\u1112\u1161\u11ab.png", "\ud55c.png")]
    [InlineData("plain.jpg", "plain.jpg")]
    [InlineData("q\u0301", "q\u0301")]
    [InlineData("", "")]
    public void Of_ComposesLettersAndMarks(string name, string composed) => Assert.Equal(composed, ComposedName.Of(name));
}
