#include "app/commands.h"

int main(int count, char** words) { return rookery::app::run_command_line(count, words); }
