// A stand-in for NVRTC: compiles a kernel source with the host's compiler, behind keops_host.h. The "cubin" is the shared library.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace
{
enum Result { Success = 0, InvalidInput = 3, Compilation = 6 };

struct Program
{
    std::string source, log, image;
};

std::string read_all(const std::string& path)
{
    std::string text;
    if (FILE* file = fopen(path.c_str(), "rb"))
    {
        char part[1 << 16];
        for (size_t n; (n = fread(part, 1, sizeof part, file)) > 0;) text.append(part, n);
        fclose(file);
    }

    return text;
}

// The folder of this library, where keops_host.h stands as well.
std::string own_folder()
{
    Dl_info info{};
    dladdr((void*)&own_folder, &info);
    const std::string path = info.dli_fname;
    return path.substr(0, path.rfind('/'));
}

int run(const std::vector<std::string>& command, const std::string& log)
{
    const pid_t child = fork();
    if (child == 0)
    {
        const int file = open(log.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
        dup2(file, 1);
        dup2(file, 2);
        std::vector<char*> arguments;
        for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        execvp(arguments[0], arguments.data());
        _exit(127);
    }

    int status = 0;
    while (child < 0 || waitpid(child, &status, 0) < 0)
        if (child < 0) return 127;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
}

extern "C"
{
int nvrtcVersion(int* major, int* minor)
{
    *major = 12;
    *minor = 4;
    return Success;
}

const char* nvrtcGetErrorString(int result)
{
    return result == Success ? "NVRTC_SUCCESS" : result == Compilation ? "NVRTC_ERROR_COMPILATION" : "NVRTC_ERROR_INVALID_INPUT";
}

int nvrtcGetNumSupportedArchs(int* count)
{
    *count = 2;
    return Success;
}

int nvrtcGetSupportedArchs(int* architectures)
{
    architectures[0] = 80;
    architectures[1] = 90;
    return Success;
}

int nvrtcCreateProgram(void** program, const char* source, const char*, int headers, const char* const*, const char* const*)
{
    if (headers != 0) return InvalidInput;
    *program = new Program{source, {}, {}};
    return Success;
}

int nvrtcDestroyProgram(void** program)
{
    delete (Program*)*program;
    *program = nullptr;
    return Success;
}

int nvrtcCompileProgram(void* handle, int, const char* const*)
{
    auto& program = *(Program*)handle;
    char folder[] = "/tmp/keops-host-XXXXXX";
    if (!mkdtemp(folder)) return InvalidInput;
    const std::string base = folder, source = base + "/kernel.cpp", library = base + "/kernel.so", log = base + "/log";
    if (FILE* file = fopen(source.c_str(), "wb"))
    {
        fwrite(program.source.data(), 1, program.source.size(), file);
        fclose(file);
    }

    const char* level = getenv("KEOPS_HOST_OPTIMIZE");
    const int status = run(
        {"g++", "-std=c++17", level ? level : "-O1", "-march=x86-64-v3", "-ffp-contract=off", "-fno-strict-aliasing", "-fPIC", "-shared",
         "-Wno-unknown-pragmas", "-include", own_folder() + "/keops_host.h", "-o", library, source},
        log);
    program.log = read_all(log);
    if (status == 127) program.log += "g++ could not be started\n";
    program.image = status == 0 ? read_all(library) : "";
    for (const auto& path : {source, library, log}) unlink(path.c_str());
    rmdir(folder);
    return program.image.empty() ? Compilation : Success;
}

int nvrtcGetProgramLogSize(void* program, size_t* bytes)
{
    *bytes = ((Program*)program)->log.size() + 1;
    return Success;
}

int nvrtcGetProgramLog(void* program, char* log)
{
    strcpy(log, ((Program*)program)->log.c_str());
    return Success;
}

int nvrtcGetPTXSize(void*, size_t* bytes)
{
    *bytes = 0;
    return InvalidInput;
}

int nvrtcGetPTX(void*, char*) { return InvalidInput; }

int nvrtcGetCUBINSize(void* program, size_t* bytes)
{
    *bytes = ((Program*)program)->image.size();
    return Success;
}

int nvrtcGetCUBIN(void* handle, char* image)
{
    const auto& program = *(Program*)handle;
    memcpy(image, program.image.data(), program.image.size());
    return Success;
}
}
