namespace Services;

/// <summary>One client of a contender: a connection of its own where the contender has connections.</summary>
internal abstract class Client : IDisposable
{
    /// <summary>Returns the number plus one.</summary>
    public virtual int Call(int number) => throw new NotSupportedException();

    /// <summary>Returns the number plus one.</summary>
    public virtual ValueTask<int> CallAsync(int number) => throw new NotSupportedException();

    /// <summary>Returns the bytes.</summary>
    public virtual byte[] Echo(byte[] data) => throw new NotSupportedException();

    /// <summary>Yields the numbers from 0.</summary>
    public virtual IAsyncEnumerable<int> Count(int count) => throw new NotSupportedException();

    /// <summary>Calls that overlap. A contender whose fastest way is another one overrides it.</summary>
    public virtual async Task PipelineAsync(int count, int window)
    {
        var pending = new ValueTask<int>[window];
        for (var i = 0; i < count; i++)
        {
            if (i >= window)
            {
                Check(await pending[i % window].ConfigureAwait(false), i - window);
            }

            pending[i % window] = CallAsync(i);
        }

        for (var i = Math.Max(count - window, 0); i < count; i++)
        {
            Check(await pending[i % window].ConfigureAwait(false), i);
        }
    }

    public virtual void Dispose()
    {
    }

    /// <summary>Runs one client's part of a turn.</summary>
    public void Run(Work work, int count, byte[] data)
    {
        switch (work.Kind)
        {
            case Kind.Call:
                for (var i = 0; i < count; i++)
                {
                    Check(Call(i), i);
                }

                break;
            case Kind.Echo:
                for (var i = 0; i < count; i++)
                {
                    ArgumentOutOfRangeException.ThrowIfNotEqual(Echo(data).Length, data.Length);
                }

                break;
            case Kind.Await:
                Task.Run(() => AwaitAsync(count)).GetAwaiter().GetResult();
                break;
            case Kind.Pipelined:
                Task.Run(() => PipelineAsync(count, work.Window)).GetAwaiter().GetResult();
                break;
            default:
                Task.Run(() => StreamAsync(count)).GetAwaiter().GetResult();
                break;
        }
    }

    protected static void Check(int result, int number) => ArgumentOutOfRangeException.ThrowIfNotEqual(result, number + 1);

    private async Task AwaitAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Check(await CallAsync(i).ConfigureAwait(false), i);
        }
    }

    private async Task StreamAsync(int count)
    {
        var expected = 0;
        await foreach (var item in Count(count).ConfigureAwait(false))
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(item, expected);
            expected++;
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(expected, count);
    }
}
