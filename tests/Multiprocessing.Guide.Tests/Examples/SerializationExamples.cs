using System.Buffers;
using System.Buffers.Binary;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>What crosses to another process.</summary>
public class SerializationExamples
{
    #region IProcessSerializer<T>
    public sealed class TemperatureSerializer : IProcessSerializer<Temperature>
    {
        public void Write(Temperature value, IBufferWriter<byte> output)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(output.GetSpan(8), value.Celsius);
            output.Advance(8);
        }

        public Temperature Read(ReadOnlySpan<byte> data) => new(BinaryPrimitives.ReadDoubleLittleEndian(data));
    }
    #endregion

    #region ProcessSerializerAttribute
    [ProcessSerializer(typeof(TemperatureSerializer))]
    public sealed class Temperature(double celsius)
    {
        public double Celsius => celsius;
    }
    #endregion

    public sealed class Money(decimal amount)
    {
        public decimal Amount => amount;
    }

    public sealed class MoneySerializer : IProcessSerializer<Money>
    {
        public void Write(Money value, IBufferWriter<byte> output) => output.Write(System.Text.Encoding.UTF8.GetBytes($"{value.Amount}"));

        public Money Read(ReadOnlySpan<byte> data) => new(decimal.Parse(System.Text.Encoding.UTF8.GetString(data)));
    }

    public sealed class ParserException(string message, Thread parser) : Exception(message)
    {
        public Thread Parser => parser;
    }

    [Fact]
    public async Task A_temperature_crosses_by_its_serializer()
    {
        using var child = ChildProcess.Run(temperature => new Temperature(temperature.Celsius + 1), new Temperature(20));
        (await child.Result).Celsius.ShouldBe(21);
    }

    [Fact]
    public async Task Process_serialization()
    {
        #region ProcessSerialization
        ProcessSerialization.Register<Money, MoneySerializer>(); // at the start of the program
        using var child = ChildProcess.Run(price => new Money(price.Amount * 2), new Money(9.95m));
        Console.WriteLine((await child.Result).Amount); // 19.90
        #endregion
        (await child.Result).Amount.ShouldBe(19.90m);
    }

    [Fact]
    public void Not_serializable()
    {
        #region NotSerializableException
        using var stream = File.OpenRead(Environment.ProcessPath!);
        try
        {
            using var child = ChildProcess.Run(() => stream.ReadByte());
        }
        catch (NotSerializableException exception)
        {
            Console.WriteLine(exception.Path); // captured variable 'stream'
            Console.WriteLine(exception.Suggestion); // what to do instead
        }
        #endregion
        Should.Throw<NotSerializableException>(() => ChildProcess.Run(() => stream.ReadByte())).Path.ShouldContain("captured variable 'stream'");
    }

    [Fact]
    public async Task Remote()
    {
        #region RemoteException
        // The exception holds a thread, which cannot cross to this process.
        using var child = ChildProcess.Run(() => throw new ParserException("The page has no title.", Thread.CurrentThread));
        try
        {
            await child.Completion;
        }
        catch (RemoteException exception)
        {
            Console.WriteLine(exception.TypeName); // ParserException, with its namespace
            Console.WriteLine(exception.RemoteMessage); // The page has no title.
            Console.WriteLine(exception.RemoteStackTrace);
        }
        #endregion
        (await Should.ThrowAsync<RemoteException>(child.Completion)).TypeName.ShouldContain(nameof(ParserException));
    }
}
