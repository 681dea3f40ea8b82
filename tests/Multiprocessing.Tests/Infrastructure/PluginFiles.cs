using System.Reflection;
using System.Reflection.Emit;

namespace Multiprocessing.Tests;

/// <summary>
/// A plug-in in two assemblies that nothing of the program refers to: <c>Part { int Value }</c> in the one, and in the other <c>Tool { Part Part; int Sum(int more) => Part.Value + more; }</c>
/// and <c>ToolException : Exception</c>.
/// </summary>
internal sealed class PluginFiles
{
    private PluginFiles(string tool, string part)
    {
        Tool = tool;
        Part = part;
    }

    public string Tool { get; }

    public string Part { get; }

    /// <summary>Makes one with names of its own, because an assembly that a test loads stays until the process ends.</summary>
    public static PluginFiles Make(string directory, string? directoryOfPart = null)
    {
        var name = Guid.NewGuid().ToString("N")[..8];
        Directory.CreateDirectory(directory);
        Directory.CreateDirectory(directoryOfPart ?? directory);
        var files = new PluginFiles(Path.Combine(directory, $"Tool{name}.dll"), Path.Combine(directoryOfPart ?? directory, $"Part{name}.dll"));
        files.Write();
        return files;
    }

    /// <summary>Writes both files anew: another build.</summary>
    public void Write()
    {
        var partAssembly = new PersistedAssemblyBuilder(new AssemblyName(Path.GetFileNameWithoutExtension(Part)), typeof(object).Assembly);
        var part = partAssembly.DefineDynamicModule("Part").DefineType("Part", TypeAttributes.Public);
        var value = part.DefineField("Value", typeof(int), FieldAttributes.Public);
        part.DefineDefaultConstructor(MethodAttributes.Public);
        part.CreateType();
        partAssembly.Save(Part);

        var toolAssembly = new PersistedAssemblyBuilder(new AssemblyName(Path.GetFileNameWithoutExtension(Tool)), typeof(object).Assembly);
        var module = toolAssembly.DefineDynamicModule("Tool");
        var tool = module.DefineType("Tool", TypeAttributes.Public);
        var itsPart = tool.DefineField("Part", part, FieldAttributes.Public);
        tool.DefineDefaultConstructor(MethodAttributes.Public);
        var sum = tool.DefineMethod("Sum", MethodAttributes.Public, typeof(int), [typeof(int)]).GetILGenerator();
        sum.Emit(OpCodes.Ldarg_0);
        sum.Emit(OpCodes.Ldfld, itsPart);
        sum.Emit(OpCodes.Ldfld, value);
        sum.Emit(OpCodes.Ldarg_1);
        sum.Emit(OpCodes.Add);
        sum.Emit(OpCodes.Ret);
        tool.CreateType();
        var exception = module.DefineType("ToolException", TypeAttributes.Public, typeof(Exception));
        exception.DefineDefaultConstructor(MethodAttributes.Public);
        exception.CreateType();
        toolAssembly.Save(Tool);
    }

    /// <summary>A tool whose part has a value.</summary>
    public static object NewTool(Assembly assembly, int value)
    {
        var tool = Activator.CreateInstance(assembly.GetType("Tool", throwOnError: true)!)!;
        var field = tool.GetType().GetField("Part")!;
        var part = Activator.CreateInstance(field.FieldType)!;
        field.FieldType.GetField("Value")!.SetValue(part, value);
        field.SetValue(tool, part);
        return tool;
    }

    public static int ValueOf(object tool)
    {
        var part = tool.GetType().GetField("Part")!.GetValue(tool)!;
        return (int)part.GetType().GetField("Value")!.GetValue(part)!;
    }

    public static Func<int, int> SumOf(object tool) => tool.GetType().GetMethod("Sum")!.CreateDelegate<Func<int, int>>(tool);
}

/// <summary>Where plug-ins lie while a test runs.</summary>
internal sealed class PluginDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("multiprocessing-plugins-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            Directory.Delete(Path, recursive: true); // Windows deletes no file that is loaded
        }
    }
}
