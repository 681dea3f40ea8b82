using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Segments;

/// <summary>Rows and columns.</summary>
public sealed class SharedArray2DTests
{
    [Fact]
    public void Rows_lie_one_after_the_other()
    {
        using var array = new SharedArray2D<int>(3, 4);
        array[1, 2] = 12;
        array[2, 0]++;
        array.Row(1).ToArray().ShouldBe([0, 0, 12, 0]);
        array.Row(2).Fill(5);
        array.RowMemory(0).Span[3] = 3;
        array.Elements.ToArray().ShouldBe([0, 0, 0, 3, 0, 0, 12, 0, 5, 5, 5, 5]);
        array.Elements.Add(array.IndexOf(1, 2), 1).ShouldBe(13);
        array.ToArray().ShouldBe(new[,] { { 0, 0, 0, 3 }, { 0, 0, 13, 0 }, { 5, 5, 5, 5 } });
    }

    [Fact]
    public void It_begins_with_the_elements_that_it_was_given()
    {
        using var array = new SharedArray2D<double>(new[,] { { 1.5, 2 }, { 3, 4 }, { 5, 6 } });
        (array.Rows, array.Columns).ShouldBe((3, 2));
        array[2, 1].ShouldBe(6);
        array.Elements[1].ShouldBe(2);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(3, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 4)]
    public void An_element_outside_is_refused(int row, int column)
    {
        using var array = new SharedArray2D<int>(3, 4);
        Should.Throw<ArgumentOutOfRangeException>(() => array[row, column]).Message.ShouldContain("3 rows of 4");
        Should.Throw<ArgumentOutOfRangeException>(() => array[row, column] = 1);
        if (column == 0)
        {
            Should.Throw<ArgumentOutOfRangeException>(() => { array.Row(row); });
        }
    }

    [Fact]
    public void Numbers_of_rows_and_columns_that_cannot_be_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedArray2D<int>(-1, 4));
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedArray2D<int>(4, -1));
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedArray2D<int>(1 << 20, 1 << 20));
        using var none = new SharedArray2D<int>(0, 4);
        none.ToArray().Length.ShouldBe(0);
    }

    [Fact]
    public void An_array_is_looked_at_as_rows_and_columns()
    {
        using var array = new SharedArray<int>([1, 2, 3, 4, 5, 6]);
        Should.Throw<ArgumentException>(() => array.AsMatrix(4, 2)).Message.ShouldContain("6 elements");
        var matrix = array.AsMatrix(2, 3);
        matrix[1, 0].ShouldBe(4);
        matrix[1, 1] = 50;
        array[4].ShouldBe(50);
        matrix.Lock.Enter();
        array.Lock.IsHeldByCurrentThread.ShouldBeTrue();
        matrix.Lock.Exit();
        matrix.Dispose();
        Should.Throw<ObjectDisposedException>(() => matrix[0, 0]);
        Should.Throw<ObjectDisposedException>(() => { matrix.Row(0); });
        array[0].ShouldBe(1);
    }
}
