namespace Multiprocessing.Generators.Tests;

/// <summary>Interfaces with every kind of member that a proxy carries.</summary>
internal static class EveryMember
{
    public const string Source = """
        namespace App
        {
            public enum Mode { None, Fast }

            public delegate void Moved<in T>(T from, T to);

            public interface ICallback { void Done(int value); }

            public interface IBase
            {
                string Name { get; }

                void Run();

                int Hidden();
            }

            public interface ILeft : IBase { int Same(int value); }

            public interface IRight : IBase { int Same(int value); new string Hidden(); }

            public interface INode<T> where T : notnull
            {
                T Value { get; set; }

                INode<T>? Next { get; }

                INode<List<T>> Wrap();

                Task<INode<T>> AddAsync(INode<T> next);
            }

            public interface IEvery : ILeft, IRight, IAsyncDisposable
            {
                void Nothing();

                int Add(int a, int b = 3);

                double Add(double a, double b);

                string? Text(string? text = null, Mode mode = Mode.Fast, params string[] rest);

                Task WaitAsync(CancellationToken cancellationToken);

                Task<string> ReadAsync(byte[] data, CancellationToken cancellationToken = default);

                ValueTask FlushAsync();

                ValueTask<(int Count, string? Name)> TupleAsync((int A, (string, int[]) B) pair);

                int? Maybe { get; }

                string Title { get; set; }

                Mode Write { set; }

                string this[int index] { get; set; }

                int this[string key, Mode mode] { get; }

                event EventHandler Started;

                event EventHandler<int>? Counted;

                event Action<string, int[]> Reported;

                event Moved<Mode> Moved;

                event Action<ICallback> Called;

                IAsyncEnumerable<string> Words(int page, CancellationToken cancellationToken);

                Task<int> SumAsync(IAsyncEnumerable<int> values);

                IAsyncEnumerable<object> Objects(IAsyncEnumerable<object> values, IProgress<object> progress, object last);

                IAsyncEnumerable<dynamic> Dynamics(IAsyncEnumerable<dynamic> values, IProgress<dynamic> progress, dynamic last);

                Task WorkAsync(IProgress<double>? progress, IProgress<(int, string)> other);

                void Call(ICallback callback);

                ICallback? Find(string name);

                Task<ICallback> FindAsync(string name);

                ValueTask<ICallback?> FindValueAsync(string name, ICallback? other);

                IReadOnlyList<int> Copy(IEnumerable<string> items, [ByValue] ICallback copy);

                [return: ByValue] ICallback CopyBack();

                INode<string> Tree { get; }

                INode<T> Make<T>(T value) where T : notnull;

                T Echo<T>(T value);

                Task<TResult> MapAsync<T, TResult>(IReadOnlyList<T> items, Func<T, TResult> map) where T : unmanaged where TResult : class, new();

                T? OrDefault<T>(T? value);

                T? Boxed<T>(T? value) where T : struct;

                TService Get<[GenerateProxy] TService>(TService other) where TService : class;

                int WithBody(int value) => value + 1;

                sealed int Sealed() => 5;

                static int Static() => 6;

                void @class(int @event, string @namespace, int field, int value, int call);

                int @int { get; }

                dynamic Dynamic(dynamic value, nint number);

                Dictionary<string, (int X, List<int?> Y)>[] Big(object? anything, Type type, DateTime? time, string[,] matrix, int[][] jagged);

                [Obsolete("gone", error: true)]
                void Old();
            }

            internal class Outer<TOuter> where TOuter : class
            {
                internal interface IInner<TInner> { TOuter? Get(TInner inner); }
            }

            public interface @interface { void M(); }
        }

        internal static class Uses
        {
            public static void All()
            {
                Host.Start<App.IEvery>();
                Host.Start<App.Outer<string>.IInner<int>>();
                Host.Start<App.@interface>();
            }
        }
        """;
}
