using HeadCount.Tests;
using HeadCount.Training.Data;
using Xunit;

namespace HeadCount.Training.Tests.Data;

public class TrainingSetTests
{
    [Theory]
    // Rendered pictures of 128² pixels, three of them.
    [InlineData(3 * 128 * 128 * 3, 0)]
    [InlineData(3 * 128 * 128 * 3 - 1, 1)]
    [InlineData(0, 3)]
    public void Batch_LittleMemory_IsTheSame(long memory, int onDisk)
    {
        using var folder = new TempFolder();
        TrainingOptions options = Discs.Dataset(folder.Root, steps: 10);
        TrainingSet ample = TrainingSet.Load(options, new PictureMemory(long.MaxValue)), scarce = TrainingSet.Load(options, new PictureMemory(memory));
        Assert.Equal(0, ample.OnDisk);
        Assert.Equal(onDisk, scarce.OnDisk);
        Assert.Equal(ample.Heads, scarce.Heads);
        for (int number = 0; number < 4; number++)
        {
            Assert.All(ample.Batch(number).Zip(scarce.Batch(number)), pair =>
            {
                Assert.Equal(pair.First.Pixels, pair.Second.Pixels);
                Assert.Equal(pair.First.X, pair.Second.X);
            });
        }
    }
}
