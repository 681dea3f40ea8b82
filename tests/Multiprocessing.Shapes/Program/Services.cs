namespace Multiprocessing.Shapes;

public interface IReceipt
{
    void Print(string line);
}

public interface ICart
{
    int Count { get; }

    ICart Add(Item item);
}

public interface IShop
{
    event Action<int>? Sold;

    Task<int> SellAsync(string name, int count, CancellationToken cancellationToken = default);

    IAsyncEnumerable<Item> Items(int count);

    ICart Open(IReceipt receipt);

    T Echo<T>(T value);
}

/// <summary>An object in a process of its own, called through a generated proxy.</summary>
internal static class Services
{
    public static string Check() => CheckAsync().GetAwaiter().GetResult();

    private static async Task<string> CheckAsync()
    {
        await using var service = await ProcessService.StartAsync<IShop>(static () => new Shop());
        var shop = service.Proxy;
        var sold = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        shop.Sold += sold.SetResult;
        var price = await shop.SellAsync("pen", 3);
        var names = new List<string>();
        await foreach (var item in shop.Items(2))
        {
            names.Add(item.Name);
        }

        var receipt = new Receipt();
        var cart = shop.Open(receipt).Add(new Item(1, "ink"));
        return $"{price}, sold {await sold.Task}, {string.Join(' ', names)}, {cart.Count} in the cart, {receipt.Text}, {shop.Echo(5)} {shop.Echo("five")}";
    }

    private sealed class Receipt : IReceipt
    {
        public string Text { get; private set; } = "";

        public void Print(string line) => Text += line;
    }

    private sealed class Cart(IReceipt receipt) : ICart
    {
        public int Count { get; private set; }

        public ICart Add(Item item)
        {
            Count++;
            receipt.Print($"1 {item.Name}");
            return this;
        }
    }

    private sealed class Shop : IShop
    {
        public event Action<int>? Sold;

        public async Task<int> SellAsync(string name, int count, CancellationToken cancellationToken)
        {
            await Task.Yield();
            Sold?.Invoke(count);
            return name.Length * count;
        }

        public async IAsyncEnumerable<Item> Items(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await Task.Yield();
                yield return new Item(i, $"item {i}");
            }
        }

        public ICart Open(IReceipt receipt) => new Cart(receipt);

        public T Echo<T>(T value) => value;
    }
}
