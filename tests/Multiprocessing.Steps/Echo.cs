namespace Multiprocessing.Steps;

/// <summary>The interface of a service, with a member of each kind that has work items of its own.</summary>
public interface IEcho
{
    event Action<int> Said;

    void Say(int number);

    Task<int> RepeatAsync(int number);

    IAsyncEnumerable<int> Count(int count);
}

/// <inheritdoc/>
public sealed class Echo : IEcho
{
    public event Action<int>? Said;

    public void Say(int number) => Said?.Invoke(number);

    public async Task<int> RepeatAsync(int number)
    {
        await Task.Delay(1);
        return number;
    }

    public async IAsyncEnumerable<int> Count(int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % 10 == 0)
            {
                await Task.Yield();
            }

            yield return i;
        }
    }
}
