/* Private side of importing. */
#ifndef LK_EDIT_IMPORT_H
#define LK_EDIT_IMPORT_H

#include "edit/harvest.h"

const lk_harvest *lk_import_harvest(const lk_import *import);

#endif
