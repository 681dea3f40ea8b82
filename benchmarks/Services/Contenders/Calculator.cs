namespace Services.Contenders;

/// <summary>The calls of the comparison, as a service of this library has them.</summary>
internal interface ICalculator
{
    /// <summary>Returns the number plus one.</summary>
    int Add(int number);

    /// <inheritdoc cref="Add"/>
    ValueTask<int> AddAsync(int number);

    /// <summary>Returns the bytes.</summary>
    byte[] Echo(byte[] data);

    /// <summary>Yields the numbers from 0.</summary>
    IAsyncEnumerable<int> Count(int count);
}

internal sealed class Calculator : ICalculator
{
    public int Add(int number) => number + 1;

    public ValueTask<int> AddAsync(int number) => new(number + 1);

    public byte[] Echo(byte[] data) => data;

    public async IAsyncEnumerable<int> Count(int count)
    {
        for (var i = 0; i < count; i++)
        {
            yield return i;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }
}
