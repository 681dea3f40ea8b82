using Multiprocessing.Tool.Stacks;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary>Methods of a stack have the names that their source has.</summary>
public class MethodNameTests
{
    [Theory]
    [InlineData("Shop.Cart.Pay(class System.String,int32)", "Shop.Cart.Pay(string, int)")]
    [InlineData("Shop.Cart+Item..ctor(value class System.DateTime)", "Shop.Cart.Item..ctor(System.DateTime)")]
    [InlineData("Shop.Cart+<>c__DisplayClass1_0.<Pay>b__0(class System.Object)", "Shop.Cart.Pay() lambda(object)")]
    [InlineData("Shop.Cart+<>c.<Pay>b__2_0()", "Shop.Cart.Pay() lambda()")]
    [InlineData("Shop.Cart.<Pay>g__Check|3_1(bool)", "Shop.Cart.Pay().Check(bool)")]
    [InlineData("Shop.Cart+<PayAsync>d__5.MoveNext()", "Shop.Cart.PayAsync()")]
    [InlineData("Shop.Cart+<PayAsync>d__5`1[System.__Canon].MoveNext()", "Shop.Cart.PayAsync()")]
    [InlineData("Shop.Cart+<>c__DisplayClass1_0+<<Pay>b__0>d.MoveNext()", "Shop.Cart.Pay() lambda()")]
    [InlineData("Shop.List`1[System.Int32].Add(!0)", "Shop.List<int>.Add(T0)")]
    [InlineData("Shop.Copy(unsigned int8*,unsigned int,unsigned int8[])", "Shop.Copy(byte*, nuint, byte[])")]
    [InlineData("Shop.Run(class System.Action`1<!!0>)", "Shop.Run(System.Action<T0>)")]
    [InlineData("Program.<Main>$(class System.String[])", "Program.<Main>$(string[])")]
    [InlineData("Native", "Native")]
    public void A_name_is_written_as_in_the_source(string name, string written) => MethodName.Format(name).ShouldBe(written);
}
