namespace Multiprocessing.Generators;

/// <summary>Writes the generated files: one for each interface, and one that registers them.</summary>
internal static class ProxyFile
{
    public static string Interface(InterfaceModel model)
    {
        var code = new CodeText();
        using (code.Open($"{Library.Head}namespace {Names.Namespace}"))
        {
            ProxyWriter.Write(code, model);
            code.Line();
            ContractWriter.Write(code, model);
        }

        return code.ToString();
    }

    public static string Registration(IEnumerable<string> contracts)
    {
        var code = new CodeText();
        using (code.Open($"{Library.Head}namespace {Names.Namespace}"))
        {
            code.Line(Library.Attributes);
            using (code.Open("internal static class ProxyRegistration"))
            {
                code.Line("[global::System.Runtime.CompilerServices.ModuleInitializer]");
                code.Line($"internal static void Initialize() => {Library.Contracts}.RegisterLater(Register);");
                code.Line();
                using (code.Open("private static void Register()"))
                {
                    foreach (var contract in contracts)
                    {
                        code.Line($"{Library.Contracts}.Register(new {contract}());");
                    }
                }
            }
        }

        return code.ToString();
    }
}
