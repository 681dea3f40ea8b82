using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Names;

public sealed class ItemBuildTests
{
    [Theory]
    [InlineData(typeof(int))]
    [InlineData(typeof(bool))]
    [InlineData(typeof(double))]
    [InlineData(typeof(string))]
    [InlineData(typeof(byte[]))]
    [InlineData(typeof(long[]))]
    public void What_is_the_same_in_all_builds_asks_for_none(Type type) => ItemBuild.Of(type).ShouldBeEmpty();

    [Theory]
    [InlineData(typeof(Guid))]
    [InlineData(typeof(object))]
    [InlineData(typeof(int[][]))]
    [InlineData(typeof(string[]))]
    [InlineData(typeof(List<int>))]
    [InlineData(typeof(DayOfWeek))]
    [InlineData(typeof(ProcessQueue<int>))]
    [InlineData(typeof((int, string)))]
    [InlineData(typeof(Action))]
    public void All_else_asks_for_the_same_build(Type type)
    {
        ItemBuild.Of(type).Length.ShouldBe(32);
        ItemBuild.Of(type).ShouldBe(ItemBuild.Of(type));
    }
}
